// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what a shell would expand

// What a hostile file is full of. Each would take hours if what follows were looked at again and again, or overflow the
// stack.

export const floods = ['A=', "'", '"', '$(', '\\', '`']

export const lesserFloods = (
  'A=_ A=1; A=1&& A=$A$A_ A+=x_ A=$x_ A=$(:)_ A=( A[ A=A[ export~A={ export~ \\_ $ $$ $(~ ${ ${x:-" $(( $[ "$( "${ ' +
  "$' $'\\u12 <( ( (( {~ if~ if:; case~x~in~ case~x~in~a)~ [[~ for~ while~ time~ !~ f() f()~ function~f~ <<A~ " +
  ":~<<A_ :~<<A_A_ $(<<A~ && | ; ;; & < ) } fi_ a_ a~ # _ \r_ é \xff A=$(((( $((' A=x;; ~ A=1~ A=1~:_ A=x:~"
)
  .split(' ')
  .map(flood => flood.replaceAll('_', '\n').replaceAll('~', ' '))

/** What opens something that holds its own kind. */
export const depths = [
  '$(',
  '${A:-',
  '"$(',
  '{ ',
  '( ',
  '$(( ',
  '$((',
  '(',
  '<(',
  'if ',
  'A[',
  '[',
  '"${',
  '`\\`',
  '$[',
  'case x in x) ',
]
