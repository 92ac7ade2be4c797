#include "herald/jails.h"

#include "conf/pack.h"
#include "law/law.h"

#include <stdio.h>
#include <unistd.h>

static void told_already(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
}

void jails_load(struct rules **ret, struct str pack)
{
	struct str path, text;

	rules_new(ret);
	while (pack_next(&pack, &path, &text)) {
		auto_free char *name = str_dup(path);

		if (str_find(path, STR("/fail2ban/")) == SIZE_MAX)
			continue;
		(void)rules_load(*ret, name, text, told_already, NULL);
		rules_slim(*ret, NULL);
	}
}

const struct strings *jails_commands(const struct rules *r,
    const struct wire_happened *h, const struct jailed **jail)
{
	for (size_t i = 0; r && i < r->n; i++) {
		const struct jailed *j = r->services[r->rules[i].service].jail;

		if (!j || strcmp(r->rules[i].name, h->rule) != 0)
			continue;
		*jail = j;
		return h->what == VERDICT_NONE ? &j->unban : &j->ban;
	}
	return NULL;
}

struct script {
	char *to;
	size_t n;
	bool over;
	bool has_logs; /* what a log said is in the environment */
	char quote;    /* that the shell is within; 0: none */
	bool escaped;  /* it takes the next letter for itself */
};

static void put(struct script *s, struct str what)
{
	if (s->n + what.n + 1 > JAIL_SCRIPT) {
		s->over = true;
		return;
	}
	memcpy(s->to + s->n, what.p, what.n);
	s->n += what.n;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* A letter of the administrator's. */
static void put_own(struct script *s, struct str c)
{
	if (s->escaped)
		s->escaped = false;
	else if (*c.p == '\\' && s->quote != '\'')
		s->escaped = true;
	else if (s->quote)
		s->quote = *c.p == s->quote ? 0 : s->quote;
	else if (*c.p == '\'' || *c.p == '"')
		s->quote = *c.p;
	put(s, c);
}

/* "$f2bV_F_USER", as one word wherever it stands. */
static void put_variable(struct script *s, struct str tag)
{
	put(s, s->quote == '"'    ? STR("${f2bV_")
	       : s->quote == '\'' ? STR("'\"${f2bV_")
				  : STR("\"${f2bV_"));
	for (size_t i = 0; i < tag.n; i++)
		put(s, is_word(tag.p[i]) ? (struct str){ tag.p + i, 1 }
					 : STR("_"));
	put(s, s->quote == '"'    ? STR("}")
	       : s->quote == '\'' ? STR("}\"'")
				  : STR("}\""));
}

/* Letters that no shell takes for anything but themselves. */
static void put_plain(struct script *s, const char *z)
{
	for (; *z; z++) {
		char c = *z;
		bool plain = is_word(c) || strchr(".:/_-", c);

		put(s, plain ? (struct str){ z, 1 } : STR("_"));
	}
}

static void put_reversed(struct script *s, const struct addr *a)
{
	char text[80];
	size_t n = 0;

	for (int i = 15; i >= 0 && a->family == 6; i--)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%x.%x.",
		    a->b[i] & 15, a->b[i] >> 4);
	for (int i = 3; i >= 0 && a->family == 4; i--)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%u.",
		    a->b[i]);
	put(s, (struct str){ text, n });
}

static void put_number(struct script *s, long long v)
{
	char text[24];

	put(s, (struct str){ text,
		   (size_t)snprintf(text, sizeof(text), "%lld", v) });
}

static void put_host(struct script *s, bool full)
{
	char name[256] = "localhost";

	(void)gethostname(name, sizeof(name) - 1);
	if (!full)
		name[strcspn(name, ".")] = 0;
	put_plain(s, name);
}

/* What only a log can say; it does not come here. */
static bool is_of_logs(struct str tag)
{
	static const char *const names[] = { "matches", "ipmatches",
		"ipjailmatches", "ipfailures", "ipjailfailures", "ip-host",
		"fid", "raw-ticket" };

	for (size_t i = 0; i < countof(names); i++)
		if (str_eq(tag, str_of(names[i])))
			return true;
	return str_starts(tag, STR("F-"));
}

static bool put_tag(struct script *s, struct str tag, const struct jailed *jail,
    const struct wire_happened *h)
{
	char net[NET_MAX];

	(void)net_print(&h->net, net);
	if (str_eq(tag, STR("ip")))
		put_plain(s, net);
	else if (str_eq(tag, STR("family")))
		put_plain(s, h->net.addr.family == 4 ? "inet4" : "inet6");
	else if (str_eq(tag, STR("ip-rev")))
		put_reversed(s, &h->net.addr);
	else if (str_eq(tag, STR("name")) || str_eq(tag, STR("jail.name")))
		put_plain(s, jail->name);
	else if (str_eq(tag, STR("failures")))
		put_number(s, h->count);
	else if (str_eq(tag, STR("time")))
		put_number(s, h->at);
	else if (str_eq(tag, STR("bantime")))
		put_number(s, h->until > h->at ? h->until - h->at : 0);
	else if (str_eq(tag, STR("bancount")))
		put_number(s, (long long)h->repeats + 1);
	else if (str_eq(tag, STR("restored")))
		put_number(s, 0);
	else if (str_eq(tag, STR("fq-hostname")))
		put_host(s, true);
	else if (str_eq(tag, STR("sh-hostname")))
		put_host(s, false);
	else if (str_eq(tag, STR("br")))
		put(s, STR("\n"));
	else if (str_eq(tag, STR("sp")))
		put(s, STR(" "));
	else if (s->has_logs && str_eq(tag, STR("ip-host")))
		put_plain(s, net); /* no name is asked for */
	else if (s->has_logs && is_of_logs(tag))
		put_variable(s, tag);
	else
		return is_of_logs(tag);
	return true;
}

/* The tag that begins here, without its brackets; absent: it is none. */
static struct str tag_at(struct str s)
{
	size_t n = 1;

	while (n < s.n && s.p[n] != '>' && s.p[n] != '<' && s.p[n] > ' ' &&
	       s.p[n] != '&' && s.p[n] != '(')
		n++;
	if (n == 1 || n >= s.n || s.p[n] != '>')
		return (struct str){ 0 };
	return (struct str){ s.p + 1, n - 1 };
}

static bool fill(const char *command, const struct jailed *jail,
    const struct wire_happened *h, bool has_logs, char *to)
{
	struct script s = { .to = to, .has_logs = has_logs };
	struct str left = str_of(command);

	while (left.n && !s.over) {
		struct str tag =
		    *left.p == '<' ? tag_at(left) : (struct str){ 0 };

		if (!tag.p) {
			put_own(&s, str_head(left, 1));
			left = str_from(left, 1);
			continue;
		}
		if (!put_tag(&s, tag, jail, h)) {
			snprintf(to, JAIL_SCRIPT, STR_F,
			    STR_A(str_head(tag, 100)));
			return false;
		}
		left = str_from(left, tag.n + 2);
	}
	if (s.over)
		to[0] = 0;
	else
		to[s.n] = 0;
	return !s.over;
}

bool jails_script(const char *command, const struct jailed *jail,
    const struct wire_happened *h, char to[static JAIL_SCRIPT])
{
	return fill(command, jail, h, false, to);
}

bool jails_question(const char *command, const struct jailed *jail,
    const struct wire_happened *h, char to[static JAIL_SCRIPT])
{
	return fill(command, jail, h, true, to);
}
