#include "who/sessions.h"

#include <utmp.h>

void sessions_add(struct sessions *s, const struct addr *who, uint8_t cause)
{
	struct addr a = addr_fold(*who);

	if (a.family == 0)
		return;
	for (size_t i = 0; i < s->n; i++)
		if (addr_eq(&s->v[i].who, &a)) {
			s->v[i].cause = MAX(s->v[i].cause, cause);
			return;
		}
	if (s->n < SESSIONS_MAX)
		s->v[s->n++] = (struct session){ a, cause };
}

static void take_variable(struct sessions *s, struct str var)
{
	static const struct str names[] = { { "SSH_CONNECTION=", 15 },
		{ "SSH_CLIENT=", 11 } };
	struct addr a;

	for (size_t i = 0; i < countof(names); i++) {
		struct str value = str_from(var, names[i].n);
		struct str first = value;

		if (!str_starts(var, names[i]))
			continue;
		(void)str_cut(&value, ' ', &first);
		if (addr_parse(first, &a))
			sessions_add(s, &a, NEVER_INSTALLER);
	}
}

void sessions_of_environ(struct sessions *s, struct str block)
{
	struct str var;

	while (str_cut(&block, '\0', &var))
		take_variable(s, var);
	take_variable(s, block);
}

uint32_t parent_in_stat(struct str stat)
{
	struct str state, parent;
	uint32_t pid;
	size_t at = stat.n;

	while (at > 0 && stat.p[at - 1] != ')')
		at--;
	if (at == 0)
		return 0;
	stat = str_trim(str_from(stat, at));
	if (!str_cut(&stat, ' ', &state) || !str_cut(&stat, ' ', &parent) ||
	    !str_u32(parent, UINT32_MAX, &pid))
		return 0;
	return pid;
}

/* IPv4 stands in the first word, the others being zero. */
static struct addr addr_of(const struct utmp *u)
{
	struct addr a = { .family = 6 };
	struct str host = { u->ut_host,
		strnlen(u->ut_host, sizeof(u->ut_host)) };

	if (!u->ut_addr_v6[1] && !u->ut_addr_v6[2] && !u->ut_addr_v6[3])
		a.family = u->ut_addr_v6[0] ? 4 : 0;
	memcpy(a.b, u->ut_addr_v6, a.family == 4 ? 4 : 16);
	if (a.family == 0 && !addr_parse(host, &a))
		a = (struct addr){ 0 };
	return a;
}

void sessions_of_utmp(struct sessions *s, const void *records, size_t n,
    bool (*alive)(int pid))
{
	const uint8_t *p = records;

	for (; n >= sizeof(struct utmp); n -= sizeof(struct utmp)) {
		struct utmp u;
		struct addr a;

		memcpy(&u, p, sizeof(u));
		p += sizeof(u);
		if (u.ut_type != USER_PROCESS || !alive(u.ut_pid))
			continue;
		a = addr_of(&u);
		sessions_add(s, &a, NEVER_SESSION);
	}
}
