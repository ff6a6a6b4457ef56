/**
 * The last hour of an account, minute by minute: bars, and the same figures as text.
 */
import type { OperationOutput } from "../../account/operations.ts";

type Minute = OperationOutput<"minutes">["minutes"][number];

/** What is counted, each with the class of its bars, in the order in which they stand on each other. */
const CAME = [
  ["kept", "kept"],
  ["duplicate", "known already"],
  ["ignored", "ignored"],
] as const;
const LEFT = [
  ["sealed", "sent on"],
  ["dead", "dead"],
] as const;

/** Units of a bar's width with its gap, and of the highest bar. */
const WIDTH = 10;
const HEIGHT = 60;

/** What came, and what left. */
export function MinuteChart({ account, minutes }: { readonly account: string; readonly minutes: readonly Minute[] }) {
  return (
    <div class="charts" data-key={`minutes ${account}`}>
      <Bars title="Received in the last hour" of={CAME} minutes={minutes} />
      <Bars title="Left in the last hour" of={LEFT} minutes={minutes} />
    </div>
  );
}

function Bars({
  title,
  of,
  minutes,
}: {
  readonly title: string;
  readonly of: typeof CAME | typeof LEFT;
  readonly minutes: readonly Minute[];
}) {
  const totals = of
    .map(([name, says]) => `${minutes.reduce((sum, minute) => sum + minute[name], 0).toLocaleString("en")} ${says}`)
    .join(", ");
  const heightOf = (minute: Minute): number => of.reduce((sum, [name]) => sum + minute[name], 0);
  const most = Math.max(1, ...minutes.map(heightOf));
  return (
    <figure>
      <figcaption>{`${title}: ${totals}. At most ${Math.max(0, ...minutes.map(heightOf)).toLocaleString("en")} a minute.`}</figcaption>
      <svg viewBox={`0 0 ${minutes.length * WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={title}>
        {minutes.map((minute, index) => {
          let top = HEIGHT;
          return of.map(([name]) => {
            const height = (minute[name] / most) * HEIGHT;
            top -= height;
            return height === 0 ? null : <rect class={name} x={index * WIDTH} y={top} width={WIDTH - 2} height={height} />;
          });
        })}
      </svg>
      <p class="axis" aria-hidden="true">
        <span>{`${minutes.length} minutes ago`}</span>
        <span>now</span>
      </p>
    </figure>
  );
}
