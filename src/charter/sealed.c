#include "charter/sealed.h"

#include <sodium.h>
#include <stdio.h>

#include "charter/seal.h"

static const char *const names[SEALED_TYPES] = {
	[SEALED_NONE] = "none",
	[SEALED_CHARTER] = "charter",
	[SEALED_RECORD] = "record",
	[SEALED_ROLL] = "roll",
	[SEALED_REVOKE] = "revoke",
	[SEALED_WITHDRAW] = "withdraw",
	[SEALED_JOIN] = "join",
	[SEALED_SUSPEND] = "suspend",
	[SEALED_COUP] = "coup",
	[SEALED_RESTORATION] = "restoration",
	[SEALED_PERJURY] = "perjury",
};

const char *sealed_type_name(enum sealed_type t)
{
	assert(t < SEALED_TYPES);
	return names[t];
}

const char *sealed_namespace(enum sealed_type t)
{
	static const char *const spaces[SEALED_TYPES] = {
		[SEALED_NONE] = "liptako-none@v1",
		[SEALED_CHARTER] = "liptako-charter@v1",
		[SEALED_RECORD] = "liptako-record@v1",
		[SEALED_ROLL] = "liptako-roll@v1",
		[SEALED_REVOKE] = "liptako-revoke@v1",
		[SEALED_WITHDRAW] = "liptako-withdraw@v1",
		[SEALED_JOIN] = "liptako-join@v1",
		[SEALED_SUSPEND] = "liptako-suspend@v1",
		[SEALED_COUP] = "liptako-coup@v1",
		[SEALED_RESTORATION] = "liptako-restoration@v1",
		[SEALED_PERJURY] = "liptako-perjury@v1",
	};

	assert(t < SEALED_TYPES);
	return spaces[t];
}

static enum sealed_type type_of(struct str name)
{
	for (size_t t = SEALED_CHARTER; t < SEALED_TYPES; t++)
		if (str_eq(name, str_of(names[t])))
			return (enum sealed_type)t;
	return SEALED_NONE;
}

void sealed_hash(struct str text, uint8_t ret[static 32])
{
	(void)crypto_generichash(ret, 32, (const uint8_t *)text.p, text.n, NULL,
	    0);
}

#define HEAD STR("liptako-sealed v1 ")
#define SIG  STR("-----BEGIN SSH SIGNATURE-----\n")
#define END  STR("-----END SSH SIGNATURE-----\n")

/* How long the armored signatures at the front are. */
static const char *span_seals(struct str s, size_t *ret)
{
	struct str rest = s;
	size_t n = 0;

	while (str_starts(rest, SIG)) {
		size_t end = str_find(str_head(rest, SSHSIG_ARMOR_MAX), END);

		if (end == SIZE_MAX)
			return "a signature in it has no end";
		if (++n > SEALED_SEALS_MAX)
			return "it has more than 1,024 signatures";
		rest = str_from(rest, end + END.n);
	}
	*ret = s.n - rest.n;
	return NULL;
}

const char *sealed_next(struct str *bundle, struct sealed *ret)
{
	struct str rest = *bundle, line, type;
	struct sealed s = { 0 };
	uint32_t n;
	const char *why;

	if (!str_starts(rest, HEAD) ||
	    str_find(str_head(rest, 64), STR("\n")) == SIZE_MAX)
		return "it does not begin with \"liptako-sealed v1 TYPE "
		       "LENGTH\"";
	(void)str_cut(&rest, '\n', &line);
	line = str_from(line, HEAD.n);
	if (!str_cut(&line, ' ', &type) || !str_u32(line, UINT32_MAX, &n) ||
	    (line.n > 1 && line.p[0] == '0'))
		return "its first line has no type or no length";
	s.type = type_of(type);
	if (s.type == SEALED_NONE)
		return "it is of a type that this version does not know";
	if (n == 0 || n > SEALED_TEXT_MAX)
		return "its text is empty, or longer than 256 kB";
	if (rest.n < n)
		return "it is cut short";
	s.text = str_head(rest, n);
	rest = str_from(rest, n);
	why = span_seals(rest, &s.seals.n);
	if (why)
		return why;
	s.seals.p = rest.p;
	sealed_hash(s.text, s.hash);
	*bundle = str_from(rest, s.seals.n);
	*ret = s;
	return NULL;
}

const char *sealed_parse(struct str bytes, struct sealed *ret)
{
	struct sealed s;
	const char *why;

	if (bytes.n > SEALED_MAX)
		return "it is too long";
	why = sealed_next(&bytes, &s);
	if (why)
		return why;
	if (bytes.n > 0)
		return "something follows its signatures";
	*ret = s;
	return NULL;
}

size_t sealed_head(enum sealed_type t, size_t text, char to[static 64])
{
	int n = snprintf(to, 64, "liptako-sealed v1 %s %zu\n",
	    sealed_type_name(t), text);

	return (size_t)n;
}

char *sealed_make(enum sealed_type t, struct str text, struct str seals,
    size_t *n)
{
	char head[64];
	size_t h = sealed_head(t, text.n, head);
	char *p = mem_new(h + text.n + seals.n + 1, 1);

	memcpy(p, head, h);
	memcpy(p + h, text.p, text.n);
	if (seals.n > 0)
		memcpy(p + h + text.n, seals.p, seals.n);
	*n = h + text.n + seals.n;
	return p;
}
