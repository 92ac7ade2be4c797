#!/bin/bash
# What a newcomer types before anything runs, and mistypes: each answer names
# the place and the cure, the exit code is as documented, nothing aborts.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need jq
plan 20
lpt() { "$BUILD/liptako" "$@"; }
export LIPTAKO_RUN=$T/run LIPTAKO_RULES=$TOP/rules

# conf_says YAML PLACE WORDS: the fault is at that place and says that.
conf_says() {
	printf '%b' "$1" >"$T/liptako.yaml"
	exits 1 lpt conf --file "$T/liptako.yaml" &&
		grep -qF "$T/liptako.yaml:$2: " "$T/err" &&
		grep -qF -- "$3" "$T/err" && return
	diag "$(head -3 "$T/err")"
	return 1
}
ok "a key that is none, at the key" \
	conf_says 'alow:\n- 192.0.2.1\n' 1:1 'did you mean "allow"?'
ok "fail2ban's word for it" \
	conf_says 'term: 1h\nbantime: 4h\n' 2:1 'here it is term'
ok "a tab" conf_says 'desk:\n\ton: yes\n' 2:1 'a tab'
ok "a key twice" conf_says 'mode: watch\nmode: defend\n' 2:1 'stands twice'
ok "no YAML at all" conf_says '"open\n' 2:1 'not YAML'
ok "binary" conf_says 'term: 1h\n\x01\n' 2:1 'save it as UTF-8'
ok "a time zone that nobody knows" \
	conf_says 'sources:\n- file: /a\n  zone: Europe/Pars\n' 2:1 'tzdata'
ok "a service that nobody knows" \
	conf_says 'sources:\n- file: /a\n  service: opensh\n' 2:1 '"openssh"?'
ok "a rule that nobody knows" conf_says \
	'rules:\n- rule: openssh/auth-failur\n  off: yes\n' 2:1 \
	'"openssh/auth-failure"?'
ok "terms that contradict each other" \
	conf_says 'term: 8d\nterm-max: 1d\n' 2:11 'shorter than term'
ok "with --json faults are counted" sh -c "
	'$BUILD/liptako' conf --json --file '$T/liptako.yaml' 2>/dev/null |
	jq -e '.faults == 1' >/dev/null"
printf 'sources:\n- file: /a\n  zone: +02:00\n' >"$T/liptako.yaml"
ok "a zone by its offset is one" exits 0 lpt conf --file "$T/liptako.yaml"
ok "a folder is no configuration" exits 3 lpt conf --file "$T"
ok "which is said" grep -qF "$T: Is a directory" "$T/err"
head -c 5000000 /dev/zero >"$T/liptako.yaml"
ok "nor is a huge file" exits 3 lpt conf --file "$T/liptako.yaml"
ok "which is said, too" grep -q "too large" "$T/err"
wide=
for c in "" $(lpt --help | sed -n 's/^  \([a-z0-9-]*\) .*/\1/p'); do
	# shellcheck disable=SC2086 # no word, or one
	wide+=$(lpt $c --help | awk 'length > 80')
done
is "help fits 80 columns" "$wide" ""
ok "nothing is made for what nobody could keep" sh -c "
	! '$BUILD/liptako' found sahel --yes --state '$T/none' 2>/dev/null &&
	[ ! -e '$T/none/keys' ]"
ok "without a daemon everything exits 3" exits 3 lpt why 192.0.2.1
ok "and says what starts it" grep -q "systemctl start liptako" "$T/err"
