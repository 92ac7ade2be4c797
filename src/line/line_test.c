#include "line/line_tests.h"

#define P RECORD_PLAIN
#define S RECORD_SYSLOG
#define A RECORD_ACCESS
#define E RECORD_ERROR
#define F RECORD_FIELDS

/* The zone of dates that carry none is an hour east. */
static const struct {
	const char *what, *line;
	enum record_kind kind;
	const char *when, *host, *program;
	uint32_t pid;
	const char *msg;
} lines[] = {
	/* ---- syslog ---- */
	{ "RFC 3164 as files have it",
	    "Nov 10 03:04:05 web01 sshd[77]: Failed password", S,
	    "2023-11-10T02:04:05Z", "web01", "sshd", 77, "Failed password" },
	{ "PAM's blank at the end",
	    "Nov 10 03:04:05 w login: ruser= rhost=192.0.2.1 ", S,
	    "2023-11-10T02:04:05Z", "w", "login", 0, "ruser= rhost=192.0.2.1" },
	{ "one digit for the day", "Nov  1 03:04:05 w cron[1]: x", S,
	    "2023-11-01T02:04:05Z", "w", "cron", 1, "x" },
	{ "with priority", "<38>Nov 10 03:04:05 web01 sshd[77]: x", S,
	    "2023-11-10T02:04:05Z", "web01", "sshd", 77, "x" },
	{ "with priority, without host", "<38>Nov 10 03:04:05 su: x", S,
	    "2023-11-10T02:04:05Z", NULL, "su", 0, "x" },
	{ "no pid", "Nov 10 03:04:05 mx dovecot: imap-login: Aborted", S,
	    "2023-11-10T02:04:05Z", "mx", "dovecot", 0, "imap-login: Aborted" },
	{ "no host", "Nov 10 03:04:05 filterlog: 53,,,1", S,
	    "2023-11-10T02:04:05Z", NULL, "filterlog", 0, "53,,,1" },
	{ "dovecot's own file: a program, and no host",
	    "Nov 10 03:04:05 imap-login: Info: Aborted login", S,
	    "2023-11-10T02:04:05Z", NULL, "imap-login", 0,
	    "Info: Aborted login" },
	{ "an address is a host", "Nov 10 03:04:05 192.0.2.1 core[1160]: x", S,
	    "2023-11-10T02:04:05Z", "192.0.2.1", "core", 1160, "x" },
	{ "a long address too", "Nov 10 03:04:05 2001:db8::1 core[1160]: x", S,
	    "2023-11-10T02:04:05Z", "2001:db8::1", "core", 1160, "x" },
	{ "a host may begin with a digit or a capital",
	    "Nov 10 03:04:05 3PO sshd[7]: x", S, "2023-11-10T02:04:05Z", "3PO",
	    "sshd", 7, "x" },
	{ "programs with slashes",
	    "Nov 10 03:04:05 mx postfix/submission/smtpd[7]: warning: x", S,
	    "2023-11-10T02:04:05Z", "mx", "postfix/submission/smtpd", 7,
	    "warning: x" },
	{ "programs with parentheses",
	    "Nov 10 03:04:05 old sshd(pam_unix)[7]: x", S,
	    "2023-11-10T02:04:05Z", "old", "sshd(pam_unix)", 7, "x" },
	{ "systemd's children", "Nov 10 03:04:05 h (systemd)[7]: x", S,
	    "2023-11-10T02:04:05Z", "h", "(systemd)", 7, "x" },
	{ "a container's name", "Nov 10 03:04:05 h docker/ab12cd[812]: x", S,
	    "2023-11-10T02:04:05Z", "h", "docker/ab12cd", 812, "x" },
	{ "the kernel's clock stays",
	    "Nov 10 03:04:05 h kernel: [  12.5] [UFW BLOCK] IN=eth0 OUT= SRC=x",
	    S, "2023-11-10T02:04:05Z", "h", "kernel", 0,
	    "[  12.5] [UFW BLOCK] IN=eth0 OUT= SRC=x" },
	{ "the kernel's pairs are words",
	    "Nov 10 03:04:05 h kernel: IN=eth0 OUT= SRC=192.0.2.1 DPT=22", S,
	    "2023-11-10T02:04:05Z", "h", "kernel", 0,
	    "IN=eth0 OUT= SRC=192.0.2.1 DPT=22" },
	{ "an empty message", "Nov 10 03:04:05 h prog[1]:", S,
	    "2023-11-10T02:04:05Z", "h", "prog", 1, "" },
	{ "journalctl's short-precise", "Nov 10 03:04:05.123456 h sshd[7]: x",
	    S, "2023-11-10T02:04:05Z", "h", "sshd", 7, "x" },
	{ "with a year", "Nov 10 2022 03:04:05 h sshd[7]: x", S,
	    "2022-11-10T02:04:05Z", "h", "sshd", 7, "x" },
	{ "what rsyslog writes today",
	    "2024-10-31T12:38:21.817327+00:00 m postfix/smtpd[26]: x", S,
	    "2024-10-31T12:38:21Z", "m", "postfix/smtpd", 26, "x" },
	{ "the same without a pid",
	    "2024-10-31T12:38:21.817327+00:00 m dovecot: x", S,
	    "2024-10-31T12:38:21Z", "m", "dovecot", 0, "x" },
	{ "journalctl's short-iso", "2024-10-31T12:38:21+0200 m su[2]: x", S,
	    "2024-10-31T10:38:21Z", "m", "su", 2, "x" },
	{ "proftpd's own log: no colon behind the pid",
	    "2021-05-28 18:08:01,124 mantis proftpd[498625] mantis "
	    "(192.0.2.1[192.0.2.1]): USER asd: no such user",
	    S, "2021-05-28T17:08:01Z", "mantis", "proftpd", 498625,
	    "mantis (192.0.2.1[192.0.2.1]): USER asd: no such user" },
	{ "RFC 5424",
	    "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su 87 ID47 "
	    "[ex@32473 iut=\"3\" a=\"q\\\"]uoted\"][b] \xef\xbb\xbf'su' failed",
	    S, "2003-10-11T22:14:15Z", "mymachine.example.com", "su", 87,
	    "'su' failed" },
	{ "RFC 5424 with nothing known", "<34>1 - - - - - - x", S, NULL, NULL,
	    NULL, 0, "x" },
	{ "RFC 5424 in a file, no priority",
	    "1 2003-10-11T22:14:15+02:00 h sshd 7 - - x", S,
	    "2003-10-11T20:14:15Z", "h", "sshd", 7, "x" },
	{ "RFC 5424 without a message: its data",
	    "<34>1 2003-10-11T22:14:15Z h su - - [a b=\"c\"]", S,
	    "2003-10-11T22:14:15Z", "h", "su", 0, "[a b=\"c\"]" },
	{ "a pid that is none still parts", "Nov 10 03:04:05 h core[a:1]: x", S,
	    "2023-11-10T02:04:05Z", "h", "core", 0, "x" },
	{ "busybox and its facility",
	    "Nov 10 03:04:05 nas authpriv.warn dropbear[7]: Bad password", S,
	    "2023-11-10T02:04:05Z", "nas", "dropbear", 7, "Bad password" },
	{ "without a host", "Nov 10 03:04:05 local0.info: x y", S,
	    "2023-11-10T02:04:05Z", NULL, "local0.info", 0, "x y" },
	{ "OpenWrt's logread",
	    "Mon Jun  8 12:08:53 2020 authpriv.warn dropbear[7]: Bad password",
	    S, "2020-06-08T11:08:53Z", NULL, "dropbear", 7, "Bad password" },
	{ "a host that looks like a facility",
	    "Nov 10 03:04:05 mail.info sshd[7]: x", S, "2023-11-10T02:04:05Z",
	    "mail.info", "sshd", 7, "x" },
	{ "FreeBSD and its facility",
	    "Nov 10 03:04:05 <auth.info> bsd sshd[7]: x", S,
	    "2023-11-10T02:04:05Z", "bsd", "sshd", 7, "x" },
	{ "Solaris and its id",
	    "Nov 10 03:04:05 sun sshd[7]: [ID 800047 auth.info] Failed x", S,
	    "2023-11-10T02:04:05Z", "sun", "sshd", 7, "Failed x" },
	{ "metalog", "Nov 10 03:04:05 [sshd] Failed x", S,
	    "2023-11-10T02:04:05Z", NULL, "sshd", 0, "Failed x" },
	{ "a level in brackets is not metalog", "Nov 10 03:04:05 [error] x", P,
	    "2023-11-10T02:04:05Z", NULL, NULL, 0, "[error] x" },
	{ "journalctl --no-hostname", "2024-10-31T12:38:21+0000 sshd[7]: x", S,
	    "2024-10-31T12:38:21Z", NULL, "sshd", 7, "x" },
	{ "a text that names a program is no header",
	    "Nov 10 03:04:05 h sshd[7]: Invalid user sshd[8]: x from 192.0.2.1",
	    S, "2023-11-10T02:04:05Z", "h", "sshd", 7,
	    "Invalid user sshd[8]: x from 192.0.2.1" },

	{ "journalctl -o json",
	    "{\"_HOSTNAME\":\"h\",\"MESSAGE\":\"Failed \\\"x\\\"\",\"_PID\":"
	    "\"77\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"__REALTIME_TIMESTAMP\":"
	    "\"1690466804216161\",\"_COMM\":\"x\"}",
	    S, "2023-07-27T14:06:44Z", "h", "sshd", 77, "Failed \"x\"" },
	{ "an entry that is JSON itself",
	    "{\"MESSAGE\":\"{\\\"a\\\":1}\",\"SYSLOG_IDENTIFIER\":\"app\","
	    "\"__REALTIME_TIMESTAMP\":\"1690466804216161\"}",
	    F, "2023-07-27T14:06:44Z", NULL, "app", 0, "{\"a\":1}" },

	/* ---- not syslog, though nearly ---- */
	{ "a level is no host", "2022-02-14 18:01:07.092 Warn Server: AUTH", P,
	    "2022-02-14T17:01:07Z", NULL, NULL, 0, "Warn Server: AUTH" },
	{ "nor with a zone", "2022-02-14T18:01:07+01:00 WARN server: AUTH", P,
	    "2022-02-14T17:01:07Z", NULL, NULL, 0, "WARN server: AUTH" },
	{ "a level in brackets", "2023-02-21 08:05:56 [error] POST 192.0.2.1",
	    P, "2023-02-21T07:05:56Z", NULL, NULL, 0,
	    "[error] POST 192.0.2.1" },
	{ "Java",
	    "2024-10-10 12:59:53,237 ERROR s.s.S.c.Handler [qtp-102] Failed", P,
	    "2024-10-10T11:59:53Z", NULL, NULL, 0,
	    "ERROR s.s.S.c.Handler [qtp-102] Failed" },
	{ "a program without pid needs more than a bare date",
	    "2024-10-10 12:59:53 main worker: failed", P,
	    "2024-10-10T11:59:53Z", NULL, NULL, 0, "main worker: failed" },
	{ "and more than a Z", "2024-10-10T12:59:53Z main worker: failed", P,
	    "2024-10-10T12:59:53Z", NULL, NULL, 0, "main worker: failed" },
	{ "words and pairs", "2022-02-13T10:42:17.813Z ACCEPT host=::1 port=3",
	    P, "2022-02-13T10:42:17Z", NULL, NULL, 0,
	    "ACCEPT host=::1 port=3" },
	{ "an address with a port",
	    "2024-12-15 14:12:12 192.0.2.1:45321 TLS "
	    "Error: x",
	    P, "2024-12-15T13:12:12Z", NULL, NULL, 0,
	    "192.0.2.1:45321 TLS Error: x" },
	{ "exim", "2022-06-29 15:33:46 H=test.com [192.0.2.1]:53343 F=<a@b>", P,
	    "2022-06-29T14:33:46Z", NULL, NULL, 0,
	    "H=test.com [192.0.2.1]:53343 F=<a@b>" },
	{ "asterisk without brackets", "Jun 29 14:06:40 NOTICE[1234]: chan: x",
	    P, "2023-06-29T13:06:40Z", NULL, NULL, 0, "NOTICE[1234]: chan: x" },
	{ "vsftpd", "Mon Jun  8 12:08:53 2020 [pid 27] [u] FAIL LOGIN: x", P,
	    "2020-06-08T11:08:53Z", NULL, NULL, 0,
	    "[pid 27] [u] FAIL LOGIN: x" },

	/* ---- error logs ---- */
	{ "nginx",
	    "2021/09/30 09:23:53 [error] 1925800#1925800: *17 user \"foo\" x",
	    E, "2021-09-30T08:23:53Z", NULL, NULL, 0, "user \"foo\" x" },
	{ "nginx without a connection",
	    "2021/09/30 09:23:53 [emerg] 19#19: bind() failed", E,
	    "2021-09-30T08:23:53Z", NULL, NULL, 0, "bind() failed" },
	{ "nginx through syslog",
	    "Nov 10 03:04:05 w nginx: 2021/09/30 09:23:53 [error] 19#19: *1 x",
	    E, "2023-11-10T02:04:05Z", "w", "nginx", 0, "x" },
	{ "not nginx: no pid", "2023/02/21 08:05:56.233208 [error] POST x", P,
	    "2023-02-21T07:05:56Z", NULL, NULL, 0, "[error] POST x" },
	{ "Apache 2.4",
	    "[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35:tid 43] "
	    "[client 192.0.2.1:5] File does not exist",
	    E, "2011-09-09T09:42:29Z", NULL, NULL, 0,
	    "[client 192.0.2.1:5] File does not exist" },
	{ "Apache's script errors have no module",
	    "[Fri Sep 09 10:42:29.902022 2011] [:error] [pid 35] [client "
	    "192.0.2.1:5] script not found",
	    E, "2011-09-09T09:42:29Z", NULL, NULL, 0,
	    "[client 192.0.2.1:5] script not found" },
	{ "Apache 2.2",
	    "[Wed Oct 11 14:32:52 2000] [error] [client 192.0.2.1] denied", E,
	    "2000-10-11T13:32:52Z", NULL, NULL, 0,
	    "[client 192.0.2.1] denied" },
	{ "Apache through syslog",
	    "Nov 10 03:04:05 w apache2[9]: [core:error] [pid 3:tid 4] [client "
	    "192.0.2.1:5] x",
	    E, "2023-11-10T02:04:05Z", "w", "apache2", 9,
	    "[client 192.0.2.1:5] x" },

	/* ---- plain ---- */
	{ "a date in brackets", "[2022-06-29 14:06:40 +1000] info [cpaneld] x ",
	    P, "2022-06-29T04:06:40Z", NULL, NULL, 0, "info [cpaneld] x" },
	{ "and nothing between", "[2022-06-29 14:06:40.123][app][ERROR] x", P,
	    "2022-06-29T13:06:40Z", NULL, NULL, 0, "[app][ERROR] x" },
	{ "what is not blank stays", "2026-02-25T11:07:18+01:00: failure", P,
	    "2026-02-25T10:07:18Z", NULL, NULL, 0, ": failure" },
	{ "more than a date in the brackets", "[2022-06-29 14:06:40 PID 7] x",
	    P, "2022-06-29T13:06:40Z", NULL, NULL, 0,
	    "[2022-06-29 14:06:40 PID 7] x" },
	{ "a date further on",
	    "[notice] 2024-01-20T13:54:06.579985Z nonode@nohost x", P,
	    "2024-01-20T13:54:06Z", NULL, NULL, 0,
	    "[notice] 2024-01-20T13:54:06.579985Z nonode@nohost x" },
	{ "a rare date is not cut", "I1122 10:00:00.123456 7 a.go:5] x", P,
	    "2022-11-22T09:00:00Z", NULL, NULL, 0,
	    "I1122 10:00:00.123456 7 a.go:5] x" },
	{ "no date", "  [info] AccessLogFilter 192.0.2.1 POST /login ", P, NULL,
	    NULL, NULL, 0, "  [info] AccessLogFilter 192.0.2.1 POST /login " },
	{ "only a date", "2024-10-10 12:59:53", P, "2024-10-10T11:59:53Z", NULL,
	    NULL, 0, "" },
	{ "squid", "1690466804.216    123 192.0.2.1 TCP_DENIED/407 x", P,
	    "2023-07-27T14:06:44Z", NULL, NULL, 0,
	    "123 192.0.2.1 TCP_DENIED/407 x" },
	{ "a priority before something else", "<38>hello there", P, NULL, NULL,
	    NULL, 0, "hello there" },
	{ "a date no calendar has", "2023-02-30 12:59:53 x", P, NULL, NULL,
	    NULL, 0, "2023-02-30 12:59:53 x" },
	{ "a digit too many is no date", "2024-10-10 12:59:533 x", P,
	    "2024-10-10T11:59:00Z", NULL, NULL, 0, "2024-10-10 12:59:533 x" },
	{ "nor is a TAI64N with one", "@4000000064c279fe0cdfe6001 x", P, NULL,
	    NULL, NULL, 0, "@4000000064c279fe0cdfe6001 x" },
	{ "TAI64N", "@4000000064c279fe0cdfe600 x", P, "2023-07-27T14:06:44Z",
	    NULL, NULL, 0, "x" },
	{ "nothing", "", P, NULL, NULL, NULL, 0, "" },

	/* ---- wrapped ---- */
	{ "docker's json-file",
	    "{\"log\":\"Failed \\\"x\\\" from \\u00e9\\n\",\"stream\":"
	    "\"stderr\",\"time\":\"2023-07-27T14:06:44.216161Z\"}",
	    P, "2023-07-27T14:06:44Z", NULL, NULL, 0,
	    "Failed \"x\" from \xc3\xa9" },
	{ "the runtime's time outdoes the line's",
	    "{\"log\":\"2023-07-27 16:06:44 hello\\n\",\"stream\":\"stdout\","
	    "\"time\":\"2023-07-27T14:06:45Z\"}",
	    P, "2023-07-27T14:06:45Z", NULL, NULL, 0, "hello" },
	{ "Kubernetes and podman",
	    "2023-07-27T14:06:44.216161+02:00 stdout F hello  there", P,
	    "2023-07-27T12:06:44Z", NULL, NULL, 0, "hello  there" },
	{ "docker-compose", "app-1  | 2023-07-27 16:06:44 hello", P,
	    "2023-07-27T15:06:44Z", NULL, NULL, 0, "hello" },
	{ "a level before a bar is no container", "INFO | hello", P, NULL, NULL,
	    NULL, 0, "INFO | hello" },
	{ "all three",
	    "{\"log\":\"2023-07-27T14:06:44Z stderr F a | Nov 10 03:04:05 h "
	    "sshd[7]: x\\n\",\"stream\":\"stdout\",\"time\":"
	    "\"2023-07-27T14:06:45Z\"}",
	    S, "2023-07-27T14:06:44Z", "h", "sshd", 7, "x" },
	{ "a fourth is part of the line", "a | b | c | d | x", P, NULL, NULL,
	    NULL, 0, "d | x" },

	{ "colours",
	    "\x1b[2m2023-07-27T14:06:44Z\x1b[0m \x1b[1;31mWARN\x1b[0m x", P,
	    "2023-07-27T14:06:44Z", NULL, NULL, 0, "WARN x" },
	{ "compose's colours", "\x1b[36mapp-1  |\x1b[0m a=1 b=2 c=3", F, NULL,
	    NULL, NULL, 0, "a=1 b=2 c=3" },
	{ "other escapes stay", "\x1b[2J x \x1b[1", P, NULL, NULL, NULL, 0,
	    "\x1b[2J x \x1b[1" },
	{ "an editor's mark", "\xef\xbb\xbfNov 10 03:04:05 h sshd[7]: x", S,
	    "2023-11-10T02:04:05Z", "h", "sshd", 7, "x" },

	/* ---- one in another ---- */
	{ "JSON in syslog", "Nov 10 03:04:05 h app[7]: {\"a\":1,\"ts\":5}", F,
	    "2023-11-10T02:04:05Z", "h", "app", 7, "{\"a\":1,\"ts\":5}" },
	{ "logfmt in syslog", "Nov 10 03:04:05 h app[7]: a=1 b=2 c=\"3 4\"", F,
	    "2023-11-10T02:04:05Z", "h", "app", 7, "a=1 b=2 c=\"3 4\"" },
	{ "a word among the pairs", "Nov 10 03:04:05 h app[7]: a=1 b=2 c=3 d",
	    S, "2023-11-10T02:04:05Z", "h", "app", 7, "a=1 b=2 c=3 d" },
	{ "a request in syslog",
	    "Nov 10 03:04:05 h nginx[7]: 192.0.2.1 - - [10/Nov/2023:01:00:00 "
	    "+0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"",
	    A, "2023-11-10T02:04:05Z", "h", "nginx", 7,
	    "192.0.2.1 - - [10/Nov/2023:01:00:00 +0000] \"GET / HTTP/1.1\" 200 "
	    "5 \"-\" \"curl\"" },
	{ "JSON behind a date", "2023-11-10 03:04:05 {\"a\":1,\"b\":2}", F,
	    "2023-11-10T02:04:05Z", NULL, NULL, 0, "{\"a\":1,\"b\":2}" },
};

static void lines_are_taken_apart(void **state)
{
	struct line_parser *p = parser_made("+01:00");

	for (size_t i = 0; i < countof(lines); i++) {
		const char *what = lines[i].what;
		struct record r;
		char *copy = parsed(p, LINE_AUTO, str_of(lines[i].line), &r);

		if (r.kind != lines[i].kind)
			fail_msg("%s: kind %d, not %d", what, r.kind,
			    lines[i].kind);
		is_time(what, &r, lines[i].when);
		is_text(what, "host", r.host, lines[i].host);
		is_text(what, "program", r.program, lines[i].program);
		assert_int_equal(r.pid, lines[i].pid);
		is_text(what, "msg", r.msg, lines[i].msg);
		free(copy);
	}
	line_parser_free(&p);
}

/* What a parser remembers must not change what a line says. */
static void order_does_not_matter(void **state)
{
	struct line_parser *p = parser_made("+01:00");

	for (size_t i = 0; i < countof(lines); i++) {
		for (size_t k = 0; k < countof(lines); k++) {
			struct record r;

			line_parse(p, LINE_AUTO, str_of(lines[k].line), &r);
			line_parse(p, LINE_AUTO, str_of(lines[i].line), &r);
			assert_int_equal(r.kind, lines[i].kind);
			is_time(lines[i].what, &r, lines[i].when);
			is_text(lines[i].what, "msg", r.msg, lines[i].msg);
		}
	}
	line_parser_free(&p);
}

static void a_told_form_is_tried_alone(void **state)
{
	static const struct {
		enum line_form form;
		const char *line;
		enum record_kind kind;
		const char *msg;
	} t[] = {
		{ LINE_SYSLOG, "2024-10-10 12:59:53 main worker: failed", S,
		    "failed" },
		{ LINE_SYSLOG, "time=1 a=2 b=3 c=4", P, "time=1 a=2 b=3 c=4" },
		{ LINE_PLAIN, "Nov 10 03:04:05 web01 sshd[77]: x", P,
		    "web01 sshd[77]: x" },
		{ LINE_PLAIN, "app | {\"a\":1}", P, "{\"a\":1}" },
		{ LINE_JSON, "Nov 10 03:04:05 web01 sshd[77]: x", P,
		    "web01 sshd[77]: x" },
		{ LINE_JSON, "{\"a\":1}", F, "{\"a\":1}" },
		{ LINE_LOGFMT, "a=1 b=2 c=3", F, "a=1 b=2 c=3" },
		{ LINE_ERROR, "2021/09/30 09:23:53 [error] 1#1: x", E, "x" },
		{ LINE_ACCESS, "{\"a\":1}", P, "{\"a\":1}" },
	};
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(t); i++) {
		struct record r;
		char *copy = parsed(p, t[i].form, str_of(t[i].line), &r);

		assert_int_equal(r.kind, t[i].kind);
		is_text(t[i].line, "msg", r.msg, t[i].msg);
		free(copy);
	}
	line_parser_free(&p);
}

/* copytruncate leaves a hole under a writer that does not append. */
static void leading_nuls_are_no_text(void **state)
{
	struct line_parser *p = parser_made("UTC");
	struct record r;
	char *copy =
	    parsed(p, LINE_AUTO, STR("\0\0\0Nov 10 03:04:05 h sshd[7]: x"), &r);

	assert_int_equal(r.kind, RECORD_SYSLOG);
	is_text("nuls", "msg", r.msg, "x");
	free(copy);
	copy = parsed(p, LINE_AUTO, STR("\0\0"), &r);
	assert_int_equal(r.msg.n, 0);
	free(copy);
	line_parser_free(&p);
}

static void containers_are_named(void **state)
{
	struct line_parser *p = parser_made("UTC");
	struct record r;

	line_parse(p, LINE_AUTO, STR("miniflux-1  | hello"), &r);
	is_text("compose", "container", r.container, "miniflux-1");
	line_parse(p, LINE_AUTO, STR("hello"), &r);
	assert_null(r.container.p);
	line_parser_free(&p);
}

static void a_new_now_moves_the_year(void **state)
{
	struct line_parser *p = parser_made("UTC");
	struct record r;

	line_parse(p, LINE_AUTO, STR("Nov 20 03:04:05 h sshd[7]: x"), &r);
	is_time("before", &r, "2022-11-20T03:04:05Z");
	line_parser_now(p, NOW + 30 * 86400);
	line_parse(p, LINE_AUTO, STR("Nov 20 03:04:05 h sshd[7]: x"), &r);
	is_time("after", &r, "2023-11-20T03:04:05Z");
	line_parser_free(&p);
}

static void journal_records_are_looked_into(void **state)
{
	struct line_parser *p = parser_made("UTC");
	struct str msg = STR("{\"remote_ip\":\"192.0.2.1\",\"n\":2}");
	struct record r;

	record_begin(&r, msg);
	r.kind = RECORD_SYSLOG;
	r.program = STR("app");
	line_inside(p, &r);
	assert_int_equal(r.kind, RECORD_FIELDS);
	assert_int_equal(r.n_pairs, 2);
	is_text("journal", "program", r.program, "app");
	line_parser_free(&p);
}

static void forms_have_names(void **state)
{
	enum line_form form;
	unsigned n = 0;

	while (line_form_name(n)) {
		assert_true(line_form_of(str_of(line_form_name(n)), &form));
		assert_int_equal(form, n);
		n++;
	}
	assert_int_equal(n, LINE_PLAIN + 1);
	assert_false(line_form_of(STR("sys"), &form));
}

TESTS(cmocka_unit_test(lines_are_taken_apart),
    cmocka_unit_test(order_does_not_matter),
    cmocka_unit_test(a_told_form_is_tried_alone),
    cmocka_unit_test(leading_nuls_are_no_text),
    cmocka_unit_test(containers_are_named),
    cmocka_unit_test(a_new_now_moves_the_year),
    cmocka_unit_test(journal_records_are_looked_into),
    cmocka_unit_test(forms_have_names))
