# shellcheck shell=bash
# bouncer.sh - Debian's own crowdsec-firewall-bouncer, unmodified, in the space
# "wall"; sourced after e2e.sh and desk.sh.

peer crowdsec-firewall-bouncer || skip_all "no crowdsec-firewall-bouncer here"
BOUNCER=$PEER/usr/bin/crowdsec-firewall-bouncer

# bouncer_config URL LINE...: the lines are what it shows: a key or certificates.
bouncer_config() {
	cat >"$T/bouncer.yaml" <<-END
	mode: nftables
	pid_dir: $T/
	update_frequency: 1s
	daemonize: false
	log_mode: stdout
	log_level: info
	api_url: $1
	disable_ipv6: false
	deny_action: DROP
	deny_log: false
	supported_decisions_types: [ban]
	blacklists_ipv4: crowdsec-blacklists
	blacklists_ipv6: crowdsec6-blacklists
	nftables:
	  ipv4: {enabled: true, set-only: false, table: crowdsec, chain: crowdsec-chain}
	  ipv6: {enabled: true, set-only: false, table: crowdsec6, chain: crowdsec6-chain}
	prometheus: {enabled: false, listen_addr: 127.0.0.1, listen_port: 60601}
	END
	printf '%s\n' "${@:2}" >>"$T/bouncer.yaml"
}
bouncer_start() {
	spawn in_space wall "$BOUNCER" -c "$T/bouncer.yaml" >>"$T/bouncer.log" 2>&1
	export BOUNCER_PID=$PID
}
# Elements of its sets, sorted; timeouts beside them in $T/set.
held() {
	in_space wall nft -j list table ip crowdsec 2>/dev/null >"$T/set"
	jq -r '.nftables[].set? // empty | .elem? // [] | .[] |
		(.elem.val // .)' "$T/set" 2>/dev/null | sort -V
}
holds() { [ "$(held)" = "$(printf '%s\n' "$@" | sort -V)" ]; }
has() { held | grep -qx "$1"; }
