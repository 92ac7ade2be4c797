#include "f2b/marks.h"

#include <stdio.h>

#define IP4 "(?:::f{4,6}:)?(?P<ip4>(?:\\d{1,3}\\.){3}\\d{1,3})"
#define IP6 \
	"(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|:){1,7}" \
	"(?:[0-9a-fA-F]{1,4}|(?<=:):))"
#define DNS    "(?P<dns>[\\w\\-.^_]*\\w)"
#define ADDR   "\\[?(?:" IP4 "|" IP6 ")\\]?"
#define HOST   "(?:" ADDR "|" DNS ")"
#define CIDR   "(?P<cidr>\\d+)"
#define SUBNET "\\[?(?:" IP4 "|" IP6 ")(?:/" CIDR ")?\\]?"

enum {
	OPEN_MAX = 64, /* marks that open something */
};

static const struct {
	const char *name, *stands_for;
} marks[] = {
	{ "HOST", HOST },
	{ "ADDR", ADDR },
	{ "IP4", IP4 },
	{ "IP6", IP6 },
	{ "DNS", DNS },
	{ "CIDR", CIDR },
	{ "SUBNET", SUBNET },
	{ "F-ID/", "(?P<fid>\\S+)" },
	{ "F-PORT/", "(?P<fport>\\w+)" },
};

struct open {
	struct str name[OPEN_MAX];
	size_t n;
};

static const char *plain(struct str name, bool names)
{
	if (!names &&
	    (str_eq(name, STR("HOST")) || str_eq(name, STR("F-HOST/"))))
		return ADDR;
	for (size_t i = 0; i < countof(marks); i++)
		if (str_eq(name, str_of(marks[i].name)))
			return marks[i].stands_for;
	/* <F-IP4/> is <IP4> */
	if (str_starts(name, STR("F-")) && str_ends(name, STR("/"))) {
		name = (struct str){ name.p + 2, name.n - 3 };
		for (size_t i = 0; i < 7; i++)
			if (str_eq(name, str_of(marks[i].name)))
				return marks[i].stands_for;
	}
	return NULL;
}

/* The name within <F-NAME>, if it is one. */
static bool free_name(struct str tag, struct str *name)
{
	if (!str_starts(tag, STR("F-")) || tag.n < 3)
		return false;
	*name = str_from(tag, 2);
	for (size_t i = 0; i < name->n; i++) {
		char c = name->p[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-')
			return false;
	}
	return true;
}

static void open_group(struct str name, struct text *to)
{
	text_add(to, STR("(?P<"));
	if (str_eq(name, STR("ID")) || str_eq(name, STR("PORT")))
		text_char(to, 'f');
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		text_char(to, c >= 'A' && c <= 'Z' ? (char)(c | 32) : c);
	}
	text_char(to, '>');
}

/* Once it was opened it may close more than once, as in fail2ban. */
static bool was_opened(const struct open *o, struct str name)
{
	for (size_t i = 0; i < o->n; i++)
		if (str_eq(o->name[i], name))
			return true;
	return false;
}

static bool one(struct str tag, struct open *o, bool names, unsigned *skips,
    struct text *to)
{
	const char *with = plain(tag, names);
	char skip[64];
	struct str name;

	if (with) {
		text_add(to, str_of(with));
		return true;
	}
	if (str_eq(tag, STR("SKIPLINES"))) {
		snprintf(skip, sizeof(skip),
		    "\\n(?P<skiplines%u>(?:(?:.*\\n)*?))", (*skips)++);
		text_add(to, str_of(skip));
		return true;
	}
	if (tag.n && tag.p[0] == '/') {
		if (!free_name(str_from(tag, 1), &name) || !was_opened(o, name))
			return false;
		text_char(to, ')');
		return true;
	}
	if (!free_name(tag, &name) || o->n == OPEN_MAX)
		return false;
	o->name[o->n++] = name;
	open_group(name, to);
	return true;
}

void marks_expand(struct str regex, bool names, struct text *to)
{
	struct open open = { .n = 0 };
	unsigned skips = 0;

	while (regex.n) {
		size_t at = str_find(regex, STR("<")), n;
		struct str tag;

		text_add(to, str_head(regex, at));
		regex = str_from(regex, at);
		if (regex.n == 0)
			return;
		n = str_find(regex, STR(">"));
		tag = (struct str){ regex.p + 1, n == SIZE_MAX ? 0 : n - 1 };
		if (n != SIZE_MAX && one(tag, &open, names, &skips, to)) {
			regex = str_from(regex, n + 1);
		} else {
			text_char(to, '<');
			regex = str_from(regex, 1);
		}
	}
}
