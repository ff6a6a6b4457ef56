/**
 * What a shell is told: to ask us for the words, and what to do with them.
 */
import type { SHELLS } from "./suggest.ts";

/** A shell that there is a script for. */
export type Shell = (typeof SHELLS)[number];

/** How the command line is started. */
export interface Program {
  /** The Node that runs it, and its file, both absolute. */
  readonly node: string;
  readonly main: string;
}

/** The line that stands for files, in the answer to a shell. */
export const FILES = ":files";

/** The script of a shell. Where there is no command `tributary`, it also makes one. */
export function completionScript(shell: Shell, program: Program): string {
  return SCRIPTS[shell](program);
}

const SCRIPTS: Readonly<Record<Shell, (program: Program) => string>> = {
  // Bash takes ":" and "=" for ends of words: of what we say, it wants only what is behind the last of them.
  bash: (program) => `# Completion of tributary for bash: source <(npx tributary completion bash)
__tributary() { ${called(program)} "$@"; }
type tributary >/dev/null 2>&1 || tributary() { __tributary "$@"; }
_tributary() {
  local line=\${COMP_LINE:0:COMP_POINT} part=\${COMP_WORDS[COMP_CWORD]} value rest
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local typed=\${words[-1]}
  [[ $part == [:=] ]] && part=
  local behind=\${typed%"$part"}
  COMPREPLY=()
  while IFS=$'\\t' read -r value rest; do
    if [[ $value == ${FILES} ]]; then
      compopt -o default
    elif [[ $value == "$typed"* ]]; then
      COMPREPLY+=("\${value#"$behind"}")
    fi
  done < <(__tributary completion suggest -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _tributary tributary
`,
  zsh: (program) => `#compdef tributary
# Completion of tributary for zsh, after compinit: source <(npx tributary completion zsh)
__tributary() { ${called(program)} "$@" }
(( $+commands[tributary] + $+functions[tributary] + $+aliases[tributary] )) || tributary() { __tributary "$@" }
_tributary() {
  local -a found
  local line
  for line in "\${(@f)$(__tributary completion suggest -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      ${FILES}) _files; return ;;
      *) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  _describe tributary found
}
compdef _tributary tributary
`,
  fish: (program) => `# Completion of tributary for fish: npx tributary completion fish | source
function __tributary; ${called(program)} $argv; end
type -q tributary; or function tributary; __tributary $argv; end
function __tributary_words
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  for line in (__tributary completion suggest -- $words[2..-1] "$typed" 2>/dev/null)
    if test "$line" = "${FILES}"
      __fish_complete_path "$typed"
    else
      echo $line
    end
  end
end
complete -c tributary -f -a '(__tributary_words)'
`,
};

/** Each of these shells takes what stands between single quotes as it is. */
function called({ node, main }: Program): string {
  return [node, main].map((path) => `'${path.replaceAll("'", `'\\''`)}'`).join(" ");
}
