/**
 * Everything that a file of `adapters/` needs of the tracking plan, in one import: a constructor for each shared event, subscriptions and their
 * state, attribution, the company's own fields. What an adapter says about the plan itself is in `plan.schema.ts`.
 */
export { type Answers, answerName, answers, isOfCampaign } from "./answers.ts";
export { type Attribution, attribution, attributionFrom, attributionIn, type Fields, firstTouch } from "./attribution.ts";
export { type Constructor, type Maker, type More, ownEvents, type PropertiesOf } from "./construct.ts";
export { customFields, customList, withCustom } from "./custom-fields.ts";
export {
  bouncedEmail,
  clickedEmail,
  complainedEmail,
  deferredEmail,
  deliveredEmail,
  droppedEmail,
  type Email,
  openedEmail,
  subscribedEmail,
  suppressedEmail,
  unsubscribedEmail,
} from "./emails.ts";
export {
  type BillingReason,
  type BounceType,
  type CancellationReason,
  type DisputeOutcome,
  fold,
  type Interval,
  type MeetingParty,
  period,
  type SubscriptionChange,
  type SubscriptionStatus,
  type TicketStatus,
} from "./enums.ts";
export * from "./events.ts";
export { type LeadAnswer, leadDrafts } from "./lead-ads.ts";
export { periodBetween } from "./periods.ts";
export { emailBouncedState, emailComplainedState, ordersState } from "./state.ts";
export { type StorePurchase, type StoreStep, storeDrafts } from "./store-purchases.ts";
export { type Answer, namedAnswers, type Submission, submitted } from "./submission.ts";
export {
  changed,
  coupons,
  mrrOf,
  mrrOfItems,
  type PlanInput,
  type PlanProperties,
  type ProductInput,
  plan,
  type SubscriptionEvent,
  type SubscriptionInput,
  type SubscriptionProperties,
  subscription,
} from "./subscription.ts";
export { subscriptionFact, subscriptionState } from "./subscription-state.ts";
