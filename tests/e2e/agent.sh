#!/bin/bash
# Debian's own crowdsec agent, unmodified, reports to us as a sensor: it logs
# in, its heart beats, what it saw is shut out by a measure of its own.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip jq curl
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
peer crowdsec || skip_all "no crowdsec here"
plan 9
space gate; space farm
wire gate 10.73.1.1/24 farm 10.73.1.2/24
ok "the desk answers" desk_start gate
pass=$(lpt machine add farm 2>/dev/null)
ok "a password is drawn" test ${#pass} -ge 40

C=$T/crowdsec
mkdir -p "$C"/{data,hub,patterns,parsers/{s00-raw,s01-parse,s02-enrich},scenarios,postoverflows,notifications}
cp "$PEER"/etc/crowdsec/patterns/* "$C/patterns/"
echo '{"parsers":{},"scenarios":{},"postoverflows":{},"collections":{}}' >"$C/hub/.index.json"
echo 'simulation: false' >"$C/simulation.yaml"
cat >"$C/config.yaml" <<END
common: {daemonize: false, log_media: stdout, log_level: info, working_dir: $C}
config_paths:
  config_dir: $C
  data_dir: $C/data
  simulation_path: $C/simulation.yaml
  hub_dir: $C/hub
  index_path: $C/hub/.index.json
  notification_dir: $C/notifications
  plugin_dir: $C
crowdsec_service:
  acquisition_path: $C/acquis.yaml
  parser_routines: 1
cscli: {output: human}
db_config: {type: sqlite, db_path: $C/data/db, flush: {max_items: 100, max_age: 7d}}
api:
  client: {insecure_skip_verify: false, credentials_path: $C/credentials.yaml}
prometheus: {enabled: false}
END
cat >"$C/credentials.yaml" <<END
url: http://10.73.1.1:8080/
login: farm
password: $pass
END
cat >"$C/acquis.yaml" <<END
filenames: [$T/door.log]
labels: {type: door}
END
cat >"$C/parsers/s00-raw/raw.yaml" <<'END'
name: test/door-raw
filter: "evt.Line.Labels.type == 'door'"
onsuccess: next_stage
statics:
- {parsed: message, expression: evt.Line.Raw}
- {parsed: program, value: door}
END
cat >"$C/parsers/s01-parse/door.yaml" <<'END'
name: test/door
filter: "evt.Parsed.program == 'door'"
onsuccess: next_stage
grok:
  pattern: "knock from %{IP:source_ip}"
  apply_on: message
statics:
- {meta: log_type, value: knock}
- {meta: source_ip, expression: evt.Parsed.source_ip}
END
cat >"$C/scenarios/door.yaml" <<'END'
type: leaky
name: test/door-bf
description: many knocks
filter: "evt.Meta.log_type == 'knock'"
groupby: evt.Meta.source_ip
capacity: 3
leakspeed: 60s
blackhole: 1m
labels: {service: door, type: bruteforce, remediation: true}
END
: >"$T/door.log"
spawn in_space farm "$PEER/usr/bin/crowdsec" -c "$C/config.yaml" -no-api >"$T/agent.log" 2>&1
AGENT=$PID
ok "the agent stays: it was let in" sh -c "sleep 3; kill -0 $AGENT"
reads() { grep -q "Adding file .*door.log to datasources\|tail\|Starting processing data" "$T/agent.log"; }
ok "and reads its log" until_true 40 reads
shut() { lpt list --all --json 2>/dev/null | grep -q 203.0.113.66; }
knock() { # again, for it says that it reads a moment before it does
	local i
	for i in $(seq 1 8); do echo "knock from 203.0.113.66 $i" >>"$T/door.log"; done
	until_true 10 shut
}
ok "what it saw is shut out here" until_true 60 knock
lpt why 203.0.113.66 >"$T/why" 2>&1
ok "as a sensor's word" grep -qi "sensor" "$T/why"
ok "that names scenario and agent" grep -q "farm saw test/door-bf" "$T/why"
ok "no error on its side" not grep -Eq "level=(error|fatal).*(api|heartbeat|alert)" "$T/agent.log"
beats() { grep -q '^liptako_sensor_alerts_total 1' <(in_space gate curl -s http://127.0.0.1:7406/metrics); }
ok "one alert was counted" until_true 20 beats
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log" "$T/agent.log" "$T/why"
