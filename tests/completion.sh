#!/bin/bash
# completion.sh LIPTAKO: what bash, zsh and fish themselves complete, each by
# its own machinery. TAP.
set -uo pipefail
liptako=$1
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
for shell in bash zsh fish; do
	"$liptako" completion $shell >"$T/$shell"
done
cp "$T/zsh" "$T/_liptako"
n=0
is() { # WHAT GOT WANTED
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '# got %q, not %q\n' "$2" "$3"
	fi
}

# in_SHELL WORD...: the last word is being typed; what it may become, in lines.
in_bash() {
	bash --norc -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_liptako; printf "%s\n" "${COMPREPLY[@]}"' "$T/bash" "$@"
}
in_fish() {
	XDG_CONFIG_HOME=$T HOME=$T fish --no-config -c \
		"source '$T/fish'; complete -C '$*'" | cut -f1
}
# Types it at a prompt, then tab and return: the line that came of it is run.
cat >"$T/typed.zsh" <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1= PS2= RPS1= fpath=($1 \$fpath)"
zpty -w z "autoload -Uz compinit && compinit -u -D; liptako() { print -r -- \"\$*\" >$1/ran }; print -r UP >$1/up"
for i in {1..100}; do [[ -s $1/up ]] && break; sleep 0.1; done
zpty -w -n z "$2"$'\t'
sleep $3
zpty -w -n z $'\r'
for i in {1..50}; do [[ -s $1/ran ]] && break; sleep 0.1; done
zpty -d z
END
in_zsh() {
	local wait got
	for wait in 0.5 5; do # a busy machine completes later
		HOME=$T timeout 30 zsh -f "$T/typed.zsh" "$T" "$*" $wait \
			>/dev/null 2>&1
		got=$(sed 's/.* //' "$T/ran" 2>/dev/null)
		rm -f "$T/ran" "$T/up"
		[ "$got" = "${*: -1}" ] || break
	done
	echo "$got"
}

for shell in bash fish zsh; do
	if ! command -v $shell >/dev/null; then
		n=$((n + 1))
		echo "ok $n # SKIP no $shell"
		continue
	fi
	is "$shell: a command" "$(in_$shell liptako stat)" status
	is "$shell: another" "$(in_$shell liptako disa)" disarm
	is "$shell: a command's option" "$(in_$shell liptako deny --no)" --note
	is "$shell: what a command does" "$(in_$shell liptako machine adm)" admit
	[ $shell = zsh ] || is "$shell: of the command that stands there" \
		"$(in_$shell liptako why --no | grep -- --note)" ""
done
is "bash: all of them" "$(in_bash liptako '' | grep -vc '^--')" \
	"$("$liptako" --help | grep -cE '^  [a-z]')"
echo "1..$n"
