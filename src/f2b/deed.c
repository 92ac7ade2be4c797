#include "f2b/deed.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* "2026-11-22 07:00:01,123" in our own zone; 0: it is none. */
static int64_t stamp(struct str line)
{
	char text[24];
	struct tm tm = { .tm_isdst = -1 };
	const char *end;
	time_t t;

	snprintf(text, sizeof(text), STR_F, STR_A(str_head(line, 23)));
	end = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
	if (!end)
		return 0;
	t = mktime(&tm);
	if (t < 0)
		return 0;
	if (*end == ',' && end[1] >= '0' && end[1] <= '9')
		return t * 1000 + (end[1] - '0') * 100;
	return t * 1000;
}

static bool word(struct str *s, const char *w)
{
	if (!str_starts(*s, str_of(w)))
		return false;
	*s = str_from(*s, strlen(w));
	return true;
}

bool deed_read(struct str line, struct deed *ret)
{
	size_t from = str_find(line, STR("fail2ban."));
	struct deed d = { .at = stamp(line) };
	struct str rest, jail, who;
	struct net net;

	rest = from == SIZE_MAX ? (struct str){ 0 } : str_from(line, from);
	from = str_find(rest, STR(" ["));
	/* "[PID]: NOTICE  [jail] ...": the jail's is the last before the words
	 */
	while (from != SIZE_MAX) {
		rest = str_from(rest, from + 2);
		if (!str_cut(&rest, ']', &jail))
			return false;
		if (!str_starts(rest, STR(":")))
			break;
		from = str_find(rest, STR(" ["));
	}
	if (from == SIZE_MAX || !word(&rest, " ") || jail.n == 0 ||
	    jail.n >= sizeof(d.jail))
		return false;
	if (word(&rest, "Found "))
		d.what = DID_FIND;
	else if (word(&rest, "Restore Ban "))
		d.what = DID_RESTORE;
	else if (word(&rest, "Ban "))
		d.what = DID_BAN;
	else if (word(&rest, "Unban "))
		d.what = DID_UNBAN;
	else
		return false;
	if (!str_cut(&rest, ' ', &who))
		who = str_trim(rest);
	if (!net_parse(who, true, &net))
		return false; /* an identity, not an address */
	d.who = addr_fold(net.addr);
	if (memchr(jail.p, 0, jail.n))
		return false;
	memcpy(d.jail, jail.p, jail.n);
	*ret = d;
	return true;
}
