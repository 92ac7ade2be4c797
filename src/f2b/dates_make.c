#include "f2b/dates_edge.h"
#include "f2b/dates_parts.h"

#include <stdio.h>

#define LINE_BEGIN "{^LN-BEG}"

/* The default templates in their order. */
static const char *const usual[] = {
	("%ExY(?P<_sep>[-/.])%m(?P=_sep)%d(?:T|  ?)%H:%M:%S(?:[.,]%f)?"
	 "(?:\\s*%z)?"),
	"(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?",
	"(?:%a )?%b %d %ExY %k:%M:%S(?:\\.%f)?",
	"%d(?P<_sep>[-/])%m(?P=_sep)(?:%ExY|%Exy) %k:%M:%S",
	"%d(?P<_sep>[-/])%b(?P=_sep)%ExY[ :]?%H:%M:%S(?:\\.%f)?(?: %z)?",
	"%m/%d/%ExY:%H:%M:%S",
	"%m-%d-%ExY %k:%M:%S(?:\\.%f)?",
	"EPOCH",
	(LINE_BEGIN "%H:%M:%S"),
	"^<%m/%d/%Exy@%H:%M:%S>",
	"%Exy%Exm%Exd  ?%H:%M:%S",
	"%b %d, %ExY %I:%M:%S %p",
	"^%b-%d-%Exy %k:%M:%S",
	"%ExY%Exm%Exd(?:-|T|  ?)%ExH:?%ExM:?%ExS(?:[.,]%f)?(?:\\s*%z)?",
	"(?:%Z )?(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?",
	"(?:%z )?(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?",
	"TAI64N",
};

#define NAME   "[A-Z](?:[A-Z]{2,4})?"
#define OFFSET "[+-][01]\\d(?::?\\d{2})?"
#define MONTHS "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
#define FULL_MONTHS \
	"january|february|march|april|may|june|july|august|september|" \
	"october|november|december"
#define DAYS      "mon|tue|wed|thu|fri|sat|sun"
#define FULL_DAYS "monday|tuesday|wednesday|thursday|friday|saturday|sunday"

static const struct {
	const char *token, *stands_for;
	bool words; /* then case does not count */
} tokens[] = {
	/* clang-format off */
	{ "Exd", "(?P<d>[1-2]\\d|0[1-9]|3[0-1])" },
	{ "Exm", "(?P<m>0[1-9]|1[0-2])" },
	{ "ExH", "(?P<H>[0-1]\\d|2[0-3])" },
	{ "ExM", "(?P<M>[0-5]\\d)" },
	{ "ExS", "(?P<S>[0-5]\\d|6[0-1])" },
	{ "Exk", " ?(?P<H>[0-1]?\\d|2[0-3])" },
	{ "Exl", " ?(?P<I>1[0-2]|\\d)" },
	{ "Exy", "(?P<y>\\d{2})" },
	{ "Exz", "(?P<z>(?:" NAME ")?" OFFSET "|" NAME ")" },
	{ "ExZ", "(?P<Z>" NAME ")" },
	{ "d", "(?P<d>[1-2]\\d|[0 ]?[1-9]|3[0-1])" },
	{ "m", "(?P<m>0?[1-9]|1[0-2])" },
	{ "Y", "(?P<Y>\\d{4})" },
	{ "y", "(?P<y>\\d\\d)" },
	{ "H", "(?P<H>[0-1]?\\d|2[0-3])" },
	{ "k", " ?(?P<H>[0-2]?\\d)" },
	{ "I", "(?P<I>1[0-2]|0?[1-9])" },
	{ "l", " ?(?P<I>1[0-2]|\\d)" },
	{ "M", "(?P<M>[0-5]?\\d)" },
	{ "S", "(?P<S>[0-5]?\\d|6[0-1])" },
	{ "f", "(?P<f>[0-9]{1,6})" },
	{ "z", "(?P<z>Z|UTC|GMT|" OFFSET ")" },
	{ "Z", "(?P<Z>Z|[A-Z]{3,5})" },
	{ "a", "(?P<a>" DAYS ")", true },
	{ "A", "(?P<A>" FULL_DAYS ")", true },
	{ "b", "(?P<b>" MONTHS ")", true },
	{ "B", "(?P<B>" FULL_MONTHS ")", true },
	{ "p", "(?P<p>am|pm)", true },
	{ "j", "(?P<j>36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0?[1-9]\\d|0{0,2}[1-9])" },
	{ "U", "(?P<U>5[0-3]|[0-4]?\\d)" },
	{ "W", "(?P<W>5[0-3]|[0-4]?\\d)" },
	{ "w", "(?P<w>[0-6])" },
	{ "u", "(?P<u>[1-7])" },
	{ "G", "(?P<G>\\d{4})" },
	{ "V", "(?P<V>5[0-3]|0?[1-9]|[1-4]\\d)" },
	{ "c", "(?P<a>" DAYS ")\\s+(?P<b>" MONTHS ")\\s+"
	       "(?P<d>3[0-1]|[1-2]\\d|[0 ]?[1-9])\\s+"
	       "(?P<H>2[0-3]|[0-1]?\\d):(?P<M>[0-5]?\\d):"
	       "(?P<S>6[0-1]|[0-5]?\\d)\\s+(?P<Y>\\d{4})", true },
	{ "x", "(?P<m>1[0-2]|0?[1-9])/(?P<d>3[0-1]|[1-2]\\d|[0 ]?[1-9])/"
	       "(?P<y>\\d\\d)" },
	{ "X", "(?P<H>2[0-3]|[0-1]?\\d):(?P<M>[0-5]?\\d):"
	       "(?P<S>6[0-1]|[0-5]?\\d)" },
	{ "%", "%" },
	/* clang-format on */
};

static bool cut_front(struct str *s, const char *z)
{
	struct str with = str_of(z);

	if (!str_starts(*s, with))
		return false;
	*s = str_from(*s, with.n);
	return true;
}

static bool cut_nocase(struct str *s, const char *z)
{
	size_t n = strlen(z);

	if (s->n < n || !str_eq_nocase(str_head(*s, n), str_of(z)))
		return false;
	*s = str_from(*s, n);
	return true;
}

/* Where that name stands and no backslash before it, in any case of letters;
 * SIZE_MAX: nowhere. */
static size_t name_at(struct str s, const char *z)
{
	for (size_t i = 0; i < s.n; i++) {
		struct str rest = str_from(s, i);

		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '{' && cut_nocase(&rest, z))
			return i;
	}
	return SIZE_MAX;
}

/* 2000 up to the decade of that year, as %ExY has it. */
static void years(int32_t to, struct text *out)
{
	char z[48];
	int decade = CLAMP((to - 2000) / 10, 0, 9);

	if (decade == 0)
		snprintf(z, sizeof(z), "(?P<Y>200\\d)");
	else
		snprintf(z, sizeof(z), "(?P<Y>20[0-%d]\\d)", decade);
	text_add(out, str_of(z));
}

/* The token behind a %; false if there is none of that name. */
static bool token(struct str *s, int32_t years_to, struct text *out,
    bool *words)
{
	if (cut_front(s, "ExY")) {
		years(years_to, out);
		return true;
	}
	for (size_t i = 0; i < countof(tokens); i++)
		if (cut_front(s, tokens[i].token)) {
			text_add(out, str_of(tokens[i].stands_for));
			*words |= tokens[i].words;
			return true;
		}
	return false;
}

static bool tokens_expand(struct str s, int32_t years_to, struct text *out,
    bool *words, char why[static PYTHON_WHY])
{
	static const struct {
		const char *name, *stands_for;
	} numbers[] = {
		{ "{EPOCH}", "(?P<epoch>\\d{10,11}\\b(?:\\.\\d{3,6})?)" },
		{ "{LEPOCH}", "(?P<epoch>\\d{10,11}(?:\\d{3}"
			      "(?:\\.\\d{1,6}|\\d{3})?)?)" },
		{ "{TAI64N}", "(?P<epoch>@[0-9a-f]{24})" },
	};

	while (s.n) {
		bool found = false;

		for (size_t i = 0; i < countof(numbers) && !found; i++)
			if (cut_nocase(&s, numbers[i].name)) {
				text_add(out, str_of(numbers[i].stands_for));
				found = true;
			}
		if (found)
			continue;
		if (s.p[0] != '%') {
			text_char(out, s.p[0]);
			s = str_from(s, 1);
			continue;
		}
		s = str_from(s, 1);
		if (!token(&s, years_to, out, words)) {
			snprintf(why, PYTHON_WHY,
			    "datepattern: there is no %%" STR_F
			    "; a percent sign is written %%%%",
			    STR_A(str_head(s, 1)));
			return false;
		}
	}
	return true;
}

static bool of_tokens(struct str s, int32_t years_to, struct template *ret,
    char why[static PYTHON_WHY])
{
	auto_text struct text body = TEXT(PYTHON_MAX), core = TEXT(PYTHON_MAX);
	auto_text struct text whole = TEXT(PYTHON_MAX);
	enum edge_mode mode = cut_front(&s, "{UNB}")      ? EDGE_NONE
			      : cut_front(&s, LINE_BEGIN) ? EDGE_LINE
							  : EDGE_WORD;
	bool words = false;
	struct edges e;

	if (ret->kind != TEMPLATE_TOKENS) { /* all of it is the date */
		text_char(&whole, '(');
		text_add(&whole, s);
		text_char(&whole, ')');
		s = text_str(&whole);
	}
	edges_of(s, mode, &e, &body);
	if (!tokens_expand(text_str(&body), years_to, &core, &words, why))
		return false;
	ret->bound = e.bound;
	text_add(&ret->regex, e.flags);
	if (words)
		text_add(&ret->regex, STR("(?i)"));
	text_add(&ret->regex, str_of(e.begin));
	if (e.wrap)
		text_char(&ret->regex, '(');
	text_add(&ret->regex, text_str(&core));
	if (e.wrap)
		text_char(&ret->regex, ')');
	text_add(&ret->regex, str_of(e.end));
	return true;
}

static bool of_number(struct str s, struct template *ret)
{
	static const char *const bound[] = {
		[TEMPLATE_EPOCH] = "^(?:\\W{0,2})?"
				   "(\\d{10,11}\\b(?:\\.\\d{3,6})?)",
		[TEMPLATE_LONG_EPOCH] = "^(?:\\W{0,2})?"
					"(\\d{10,11}(?:\\d{3}"
					"(?:\\.\\d{1,6}|\\d{3})?)?)",
		[TEMPLATE_TAI64N] = "^(?:\\W{0,2})?(@[0-9a-f]{24})",
	};
	/* at the line's beginning, in [], or as selinux has it */
#define EPOCH_AT(end) \
	"(?:^|(?<=^\\[)(?=[\\d.]+\\])|(?<=\\baudit\\()(?=[\\d.]+:\\d+\\)))" end
	static const char *const anywhere[] = {
		[TEMPLATE_EPOCH] =
		    "(" EPOCH_AT("\\d{10,11}\\b(?:\\.\\d{3,6})?)"),
		[TEMPLATE_LONG_EPOCH] = "(" EPOCH_AT(
		    "\\d{10,11}(?:\\d{3}(?:\\.\\d{1,6}|\\d{3})?)?)"),
		[TEMPLATE_TAI64N] = "(@[0-9a-f]{24})",
	};

	ret->bound = cut_nocase(&s, LINE_BEGIN) || cut_front(&s, "^");
	if (str_eq_nocase(s, STR("EPOCH")))
		ret->kind = TEMPLATE_EPOCH;
	else if (str_eq_nocase(s, STR("LEPOCH")))
		ret->kind = TEMPLATE_LONG_EPOCH;
	else if (str_eq_nocase(s, STR("TAI64N")))
		ret->kind = TEMPLATE_TAI64N;
	else
		return false;
	text_add(&ret->regex,
	    str_of(ret->bound ? bound[ret->kind] : anywhere[ret->kind]));
	text_add(&ret->regex, STR("(?=\\b|\\W|$)"));
	return true;
}

bool template_make(struct str pattern, int32_t years_to, struct template *ret,
    char why[static PYTHON_WHY])
{
	*ret = (struct template){ .regex = TEXT(PYTHON_MAX) };
	if (of_number(pattern, ret))
		return true;
	ret->bound = false;
	ret->kind = TEMPLATE_TOKENS;
	if (name_at(pattern, "{EPOCH}") != SIZE_MAX)
		ret->kind = TEMPLATE_EPOCH;
	else if (name_at(pattern, "{LEPOCH}") != SIZE_MAX)
		ret->kind = TEMPLATE_LONG_EPOCH;
	else if (name_at(pattern, "{TAI64N}") != SIZE_MAX)
		ret->kind = TEMPLATE_TAI64N;
	return of_tokens(pattern, years_to, ret, why);
}

/* What stands before and behind {DATE}, with each default template there; the
 * numbers among them stand by themselves or not at all. */
static void dates_within(struct str before, struct str behind,
    void (*found)(void *to, struct str pattern), void *to)
{
	bool alone = before.n == 0 || str_eq(before, STR("^")) ||
		     str_eq(before, STR(LINE_BEGIN));

	for (size_t i = 0; i < countof(usual); i++) {
		auto_text struct text t = TEXT(PYTHON_MAX);
		struct str u = str_of(usual[i]);

		if (!strchr(usual[i], '%') && (!alone || behind.n))
			continue;
		cut_front(&u, LINE_BEGIN);
		if (!alone || u.p[0] != '^')
			text_add(&t, before);
		text_add(&t, u);
		text_add(&t, behind);
		found(to, text_str(&t));
	}
}

/* bound: only those at the beginning of a line. */
static void all_usual(bool bound, void (*found)(void *to, struct str pattern),
    void *to)
{
	for (size_t i = 0; i < countof(usual); i++) {
		auto_text struct text t = TEXT(PYTHON_MAX);

		if (usual[i][0] == '^' || usual[i][0] == '{')
			continue;
		text_add(&t, STR(LINE_BEGIN));
		text_add(&t, str_of(usual[i]));
		found(to, text_str(&t));
	}
	for (size_t i = 0; i < countof(usual); i++)
		if (!bound || usual[i][0] == '^' || usual[i][0] == '{')
			found(to, str_of(usual[i]));
}

static void one_line(struct str s, void (*found)(void *to, struct str pattern),
    void *to)
{
	size_t at = name_at(s, "{DATE}");

	if (s.n == 0)
		return;
	if (str_eq_nocase(s, STR("{DEFAULT}")))
		all_usual(false, found, to);
	else if (str_eq_nocase(s, STR(LINE_BEGIN)))
		all_usual(true, found, to);
	else if (str_eq_nocase(s, STR("{NONE}")))
		found(to, STR("{UNB}^"));
	else if (at != SIZE_MAX)
		dates_within(str_head(s, at), str_from(s, at + 6), found, to);
	else
		found(to, s);
}

void template_list(const char *value,
    void (*found)(void *to, struct str pattern), void *to)
{
	struct str all = str_of(value), one;

	if (!value) {
		all_usual(false, found, to);
		return;
	}
	while (str_cut(&all, '\n', &one))
		one_line(str_trim(one), found, to);
	one_line(str_trim(all), found, to);
}

bool template_usual(const char *value)
{
	struct str first;

	if (!value)
		return true;
	first = str_trim(str_of(value));
	return str_eq(first, STR(LINE_BEGIN)) ||
	       str_eq(first, STR("{DEFAULT}"));
}

enum dates_bracket template_bracket(const char *value)
{
	static const struct str year = STR(LINE_BEGIN "%ExY(?P<_sep>[-/.])");
	struct str all = value ? str_of(value) : (struct str){ 0 }, one;

	if (!value || str_eq(str_trim(all), STR("{DEFAULT}")))
		return BRACKET_ANYWHERE;
	/* only dates that begin with a year may stand in front */
	do {
		if (!str_cut(&all, '\n', &one)) {
			one = all;
			all.n = 0;
		}
		one = str_trim(one);
		if (str_eq(one, STR("^[^\\[]*\\[({DATE})")))
			return BRACKET_DATE;
		if (str_eq(one, STR("^[^\\[]*(\\[{DATE}\\s*\\])")))
			return BRACKET_CUT;
	} while (all.n && (one.n == 0 || str_starts(one, year)));
	return BRACKET_NONE;
}
