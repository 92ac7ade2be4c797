#include "conf/conf.h"

/* Every key of liptako.yaml; each sentence is also the manual's. */

#define C(field)   offsetof(struct conf, field)
#define A(field)   offsetof(struct conf_allow, field)
#define S(field)   offsetof(struct conf_source, field)
#define R(field)   offsetof(struct conf_rule, field)
#define H(field)   offsetof(struct conf_hook, field)
#define N(field)   offsetof(struct conf_announce, field)
#define DAY        86400
#define LIST(n, v) .at = C(v), .n_at = C(n)

static const struct conf_item allow_items[] = {
	{ "addr", CONF_HOST, A(net),
	    .man =
		"An address, a prefix or a host "
		"name that is never shut out; a plain entry is this key alone." },
	{ "until", CONF_TIME, A(until),
	    .man = "UTC date, or date and time, "
		   "after which the entry no longer holds." },
	{ "note", CONF_TEXT, A(note), .max = 200, .man = "For people." },
	{ 0 },
};

static const struct conf_item trusted_items[] = {
	{ "addr", CONF_NET, offsetof(struct conf_net, net),
	    .man = "Address or prefix of a proxy." },
	{ 0 },
};

static const struct conf_item source_items[] = {
	{ "file", CONF_PATH, S(file), .max = 4000,
	    .man = "A log file, or a "
		   "pattern with * ? [...]; it need not exist yet." },
	{ "journal", CONF_FLAG, S(journal), .man = "The systemd journal." },
	{ "syslog", CONF_SOCKET, S(syslog), .max = 100,
	    .man = "Receive syslog "
		   "on a local UDP address and port or a unix socket path." },
	{ "stdin", CONF_FLAG, S(stdin_), .man = "Lines on standard input." },
	{ "containers", CONF_PATH, S(containers), .max = 4000,
	    .man = "Folder "
		   "of docker or podman container logs." },
	{ "service", CONF_NAME, S(service), .max = 31,
	    .man = "The service "
		   "whose lines these are; by default each line decides." },
	{ "format", CONF_FORM, S(format), .fallback = "auto",
	    .man = "The "
		   "lines' format; by default each line is looked at." },
	{ "zone", CONF_NAME, S(zone), .max = 39,
	    .man =
		"Time zone of dates "
		"that carry none, such as Europe/Berlin; by default the system's." },
	{ "client", CONF_WORD, S(client), .fallback = "peer",
	    .words = "peer|forwarded|real-ip",
	    .man =
		"Behind a trusted proxy: "
		"whether the address is the peer, the rightmost X-Forwarded-For "
		"that is not trusted, or already put there by the server." },
	{ 0 },
};

static const struct conf_item rule_items[] = {
	{ "rule", CONF_TEXT, R(rule), .max = 63,
	    .man =
		"The rule's full name, "
		"such as openssh/auth-failure, or openssh/* for all of a service." },
	{ "when", CONF_RATE, R(count),
	    .man = "How many in what time make an "
		   "attack, such as 3 in 10m." },
	{ "slow", CONF_RATE, R(slow_count),
	    .man = "The slow companion, such "
		   "as 10 in 24h." },
	{ "measure", CONF_WORD, R(measure), .min = 1,
	    .words = "alarm|limit|deny",
	    .man = "What follows from an attack." },
	{ "count", CONF_WORD, R(counting), .min = 1, .words = "window|fail2ban",
	    .man = "How it is counted: in an exact window, or as fail2ban "
		   "counts." },
	{ "off", CONF_FLAG, R(off), .fallback = "no",
	    .man = "The rule counts "
		   "for nothing." },
	{ 0 },
};

static const struct conf_item hook_items[] = {
	{ "on", CONF_SET, H(on), .words = "deny|limit|alarm|open",
	    .man = "The events that run it." },
	{ "run", CONF_ARGV, H(run), .max = 16,
	    .man = "Program (absolute path) "
		   "and arguments; no shell, no text from any log." },
	{ 0 },
};

static const struct conf_item announce_items[] = {
	{ "to", CONF_TEXT, N(to), .max = 500,
	    .man = "An http:// or https:// address, or an address of mail." },
	{ "as", CONF_WORD, N(as), .fallback = "json",
	    .words = "json|slack|discord|teams|matrix|ntfy|telegram|mail",
	    .man = "The form of the message." },
	{ "on", CONF_SET, N(on), .words = "deny|limit|alarm|open",
	    .man = "The events that are announced." },
	{ "every", CONF_SPAN, N(every), .min = 1, .max = DAY, .fallback = "1m",
	    .man = "The first event is announced at once; what follows within "
		   "this time is gathered into one message." },
	{ "secret-file", CONF_PATH, N(secret), .max = 255,
	    .man =
		"A file that the user liptako-herald may read: json and ntfy "
		"are signed with it (HMAC-SHA256, X-Liptako-Signature), for "
		"matrix it is the access token." },
	{ "chat", CONF_TEXT, N(chat), .max = 64, .man = "Telegram's chat." },
	{ "smtp", CONF_TEXT, N(smtp), .max = 200,
	    .fallback = "smtp://127.0.0.1:25",
	    .man = "The mail server; sendmail itself cannot be used behind our "
		   "walls, which forbid changing users." },
	{ 0 },
};

static const struct conf_item good_items[] = {
	{ "days", CONF_COUNT, C(good_days), .min = 1, .max = 365,
	    .fallback = "2",
	    .man =
		"Host logins on so many days make an address "
		"a good client: limited first, denied at twice the threshold." },
	{ "immunity", CONF_FLAG, C(immunity), .fallback = "yes",
	    .man = "Use "
		   "the shields at all; no is for measuring only." },
	{ 0 },
};

static const struct conf_item alarm_items[] = {
	{ "failures", CONF_COUNT, C(alarm_failures), .min = 2, .max = 100000,
	    .fallback = "10",
	    .man = "A success after so many failures of the "
		   "same address raises an alarm." },
	{ "span", CONF_SPAN, C(alarm_span), .min = 60, .max = 30 * DAY,
	    .fallback = "24h", .man = "How far back those failures count." },
	{ 0 },
};

static const struct conf_item widen_items[] = {
	{ "v4", CONF_COUNT, C(widen_v4), .min = 24, .max = 31,
	    .man =
		"Close "
		"the IPv4 prefix of this length when enough of its addresses were "
		"caught; by default never." },
	{ "v6", CONF_COUNT, C(widen_v6), .min = 48, .max = 63,
	    .man = "The "
		   "same for IPv6." },
	{ "witnesses", CONF_COUNT, C(widen_witnesses), .min = 2, .max = 64,
	    .fallback = "4", .man = "How many addresses that takes." },
	{ 0 },
};

static const struct conf_item desk_items[] = {
	{ "on", CONF_FLAG, C(desk_on), .fallback = "no",
	    .man = "Answer browsers, bouncers and those who read lists or "
		   "metrics; without it no program of ours listens." },
	{ "listen", CONF_SOCKETS, C(listen), .max = 100,
	    .fallback = "127.0.0.1:7406",
	    .man = "Where the console, its interface, the lists and the "
		   "metrics are; a list of addresses with ports, or absolute "
		   "paths." },
	{ "sensors", CONF_WORD, C(sensors), .fallback = "deny",
	    .words = "off|alarm|limit|deny",
	    .man =
		"What follows from the word of a CrowdSec agent that was let "
		"in (liptako machine): it never counts as our own evidence, "
		"nor against who is protected." },
	{ "sensor-term", CONF_SPAN, C(sensor_term), .min = 1, .max = 30 * DAY,
	    .fallback = "4h", .man = "How long, at most." },
	{ "expand", CONF_FLAG, C(desk_expand), .fallback = "yes",
	    .man = "Tell crowdsec-firewall-bouncer IPv4 ranges address by "
		   "address: it cannot shut ranges out." },
	{ "per-address", CONF_COUNT, C(desk_per_address), .min = 1, .max = 4096,
	    .fallback = "128",
	    .man = "Connections that one address may have at once." },
	{ "act", CONF_FLAG, C(desk_acts), .fallback = "yes",
	    .man = "Operators who logged in there may deny, pardon and allow; "
		   "no: the desk can only look, whoever asks." },
	{ "bouncers", CONF_SOCKETS, C(bouncers), .max = 100,
	    .fallback = "127.0.0.1:8080",
	    .man = "Where CrowdSec's bouncers and agents are answered." },
	{ 0 },
};

static const struct conf_item post_items[] = {
	{ "on", CONF_FLAG, C(post_on), .fallback = "yes",
	    .man = "Once this host is in an alliance, run a post "
		   "(nats-server) where allies read it; no: a guest, whose "
		   "outbox lies at an ally's post." },
	{ "listen", CONF_SOCKET, C(post_listen), .max = 100,
	    .fallback = "0.0.0.0:4222",
	    .man =
		"Address and port of the post; [::]:4222 is IPv4 and IPv6." },
	{ "url", CONF_SOCKET, C(post_url), .max = 100,
	    .man =
		"Address and port of a NATS server of yours that is the "
		"post instead: none is started, and what it needs is printed "
		"by liptako post recipe." },
	{ 0 },
};

const struct conf_item conf_items[] = {
	{ "mode", CONF_WORD, C(mode), .fallback = "defend",
	    .words = "defend|watch",
	    .man = "Defend closes attackers out in the "
		   "kernel; watch only says whom it would close out." },
	{ "measure", CONF_WORD, C(measure), .fallback = "deny",
	    .words = "deny|reject|limit",
	    .man = "What is done to an attacker: "
		   "packets dropped, refused, or limited in rate." },
	{ "table", CONF_NAME, C(table), .max = 31, .fallback = "liptako",
	    .man = "Name of the nftables table that is ours." },
	{ "term", CONF_SPAN, C(term), .min = 1, .max = 30 * DAY,
	    .fallback = "4h", .man = "How long a first measure lasts." },
	{ "term-max", CONF_SPAN, C(term_max), .min = 1, .max = 30 * DAY,
	    .fallback = "7d",
	    .man = "Each repeat doubles the term up to this." },
	{ "decay", CONF_SPAN, C(decay), .min = 60, .max = 365 * DAY,
	    .fallback = "7d",
	    .man = "Quiet time that makes one doubling "
		   "forgotten." },
	{ "slots", CONF_COUNT, C(slots), .min = 1024, .max = 1 << 24,
	    .fallback = "65536",
	    .man = "Addresses and rules watched at once; "
		   "the coldest gives way." },
	{ "find", CONF_FLAG, C(find), .fallback = "yes",
	    .man =
		"Switch found "
		"services on by themselves; no reads only the sources named here." },
	{ "allow", CONF_LIST, LIST(n_allow, allow),
	    .size = sizeof(struct conf_allow), .max = 1024,
	    .inner = allow_items, .man = "Who is never shut out." },
	{ "trusted-proxies", CONF_LIST, LIST(n_trusted, trusted),
	    .size = sizeof(struct conf_net), .max = 256, .inner = trusted_items,
	    .man = "Proxies: never shut out, and believed about whom they "
		   "forward." },
	{ "good-client", CONF_GROUP, .inner = good_items,
	    .man = "The shield "
		   "of those who log in to the host regularly." },
	{ "alarm", CONF_GROUP, .inner = alarm_items,
	    .man = "Success after "
		   "failures." },
	{ "widen", CONF_GROUP, .inner = widen_items,
	    .man = "Closing a whole "
		   "prefix on evidence of several of its addresses." },
	{ "sources", CONF_LIST, LIST(n_sources, sources),
	    .size = sizeof(struct conf_source), .max = 512,
	    .inner = source_items, .man = "Logs to read beside those found." },
	{ "rules", CONF_LIST, LIST(n_rules, rules),
	    .size = sizeof(struct conf_rule), .max = 1024, .inner = rule_items,
	    .man = "Changes to the shipped rules." },
	{ "services", CONF_ONOFF, LIST(n_services, services),
	    .size = sizeof(struct conf_service), .max = 512,
	    .man = "Services "
		   "to switch on or off, each a name with on or off." },
	{ "hooks", CONF_LIST, LIST(n_hooks, hooks),
	    .size = sizeof(struct conf_hook), .max = 64, .inner = hook_items,
	    .man = "Programs to run on events." },
	{ "announce", CONF_LIST, LIST(n_announce, announce),
	    .size = sizeof(struct conf_announce), .max = 16,
	    .inner = announce_items,
	    .man = "Whom to tell what happens, by web hook or mail." },
	{ "desk", CONF_GROUP, .inner = desk_items,
	    .man = "The console, and what other programs ask by HTTP." },
	{ "post", CONF_GROUP, .inner = post_items,
	    .man = "Where allies read what this host tells them." },
	{ "group", CONF_NAME, C(group), .max = 31, .fallback = "liptako",
	    .man = "Members of this group may use the control socket, as root "
		   "may; if it does not exist, only root." },
	{ "state", CONF_PATH, C(state), .max = 191,
	    .fallback = "/var/lib/liptako", .man = "Folder of the ledger." },
	{ "jail-log", CONF_PATH, C(jail_log), .max = 191,
	    .fallback = "/var/log/fail2ban.log",
	    .man = "Where each ban and unban of an imported jail is also "
		   "written, as fail2ban writes it; /dev/null: nowhere." },
	{ "run", CONF_PATH, C(run), .max = 90, .fallback = "/run/liptako",
	    .man = "Folder of the control socket and the process id." },
	{ 0 },
};
