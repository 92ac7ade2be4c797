#include "rule/byteset.h"

const struct byteset byteset_all = { { UINT64_MAX, UINT64_MAX, UINT64_MAX,
    UINT64_MAX } };

static void set_range(struct byteset *s, uint8_t from, uint8_t to)
{
	for (unsigned c = from; c <= to; c++)
		byteset_add(s, (uint8_t)c);
}

static void set_join(struct byteset *s, const struct byteset *with)
{
	for (size_t i = 0; i < 4; i++)
		s->w[i] |= with->w[i];
}

struct byteset byteset_not(struct byteset s)
{
	for (size_t i = 0; i < 4; i++)
		s.w[i] = ~s.w[i];
	return s;
}

struct byteset byteset_all_but(char c)
{
	struct byteset s = { 0 };

	byteset_add(&s, (uint8_t)c);
	return byteset_not(s);
}

bool byteset_named(char name, struct byteset *ret)
{
	struct byteset s = { 0 };

	switch (name | 32) {
	case 'd':
		set_range(&s, '0', '9');
		break;
	case 's':
		set_range(&s, '\t', '\r');
		byteset_add(&s, ' ');
		break;
	case 'w':
		set_range(&s, '0', '9');
		set_range(&s, 'A', 'Z');
		set_range(&s, 'a', 'z');
		byteset_add(&s, '_');
		break;
	default:
		return false;
	}
	*ret = name & 32 ? s : byteset_not(s);
	return true;
}

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

size_t escaped_byte(struct str in, char *ret)
{
	static const char from[] = "tnrefa0", to[] = "\t\n\r\x1b\f\a";
	const char *at;
	char c = in.n > 1 ? in.p[1] : '\0';

	if (c == 'x' && in.n > 3 && hex(in.p[2]) >= 0 && hex(in.p[3]) >= 0) {
		*ret = (char)(hex(in.p[2]) << 4 | hex(in.p[3]));
		return 4;
	}
	at = c ? strchr(from, c) : NULL;
	if (at && c == '0' && in.n > 2 && hex(in.p[2]) >= 0)
		return 0;
	if (at) {
		*ret = to[at - from];
		return 2;
	}
	if (!c || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z'))
		return 0;
	*ret = c;
	return 2;
}

/* One byte or a named set inside [...]; its length, or 0 if beyond us. */
static size_t class_atom(struct str in, char *c, struct byteset *set,
    bool *is_set)
{
	*is_set = false;
	if (in.p[0] == '[' && in.n > 1 && strchr(":.=", in.p[1]))
		return 0;
	if (in.p[0] != '\\') {
		*c = in.p[0];
		return 1;
	}
	if (in.n > 1 && byteset_named(in.p[1], set)) {
		*is_set = true;
		return 2;
	}
	return escaped_byte(in, c);
}

size_t class_read(struct str in, struct byteset *ret)
{
	struct byteset s = { 0 }, named;
	bool negated = in.n > 1 && in.p[1] == '^', is_set;
	size_t at = negated ? 2 : 1, first = at, len;
	char c, to;

	for (;;) {
		if (at >= in.n)
			return 0;
		if (in.p[at] == ']' && at > first)
			break;
		len = class_atom(str_from(in, at), &c, &named, &is_set);
		if (len == 0)
			return 0;
		at += len;
		if (is_set) {
			set_join(&s, &named);
			continue;
		}
		to = c;
		if (at + 1 < in.n && in.p[at] == '-' && in.p[at + 1] != ']') {
			len = class_atom(str_from(in, at + 1), &to, &named,
			    &is_set);
			if (len == 0 || is_set || (uint8_t)to < (uint8_t)c)
				return 0;
			at += 1 + len;
		}
		set_range(&s, (uint8_t)c, (uint8_t)to);
	}
	*ret = negated ? byteset_not(s) : s;
	return at + 1;
}

size_t class_length(struct str in)
{
	size_t at = in.n > 1 && in.p[1] == '^' ? 3 : 2;

	for (; at < in.n; at++) {
		if (in.p[at] == '\\') {
			at++;
		} else if (in.p[at] == '[' && at + 1 < in.n &&
			   strchr(":.=", in.p[at + 1])) {
			size_t end = str_find(str_from(in, at + 2), STR("]"));

			if (end == SIZE_MAX)
				return 0;
			at += 2 + end;
		} else if (in.p[at] == ']') {
			return at + 1;
		}
	}
	return 0;
}
