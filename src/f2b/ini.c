#include "f2b/ini.h"

struct parse {
	struct pool *pool;
	const char *file;
	unsigned line;
	ini_fault *fault;
	void *arg;
	struct ini *ini;
	struct opts *in;   /* the section that is open */
	struct opts seen;  /* the options of this file's open section */
	struct text value; /* of the option that is open */
	struct opt open;   /* key NULL: none is */
	size_t indent;
};

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static struct str strip(struct str s)
{
	while (s.n && blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

const struct opt *opts_get(const struct opts *o, const char *key)
{
	for (size_t i = 0; o && i < o->n; i++)
		if (strcmp(o->v[i].key, key) == 0)
			return &o->v[i];
	return NULL;
}

const struct opt *opts_any(const struct opts *o, const char *key)
{
	for (size_t i = o ? o->n : 0; i > 0; i--)
		if (strcasecmp(o->v[i - 1].key, key) == 0)
			return &o->v[i - 1];
	return NULL;
}

bool opts_put(struct pool *p, struct opts *o, struct opt with)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->v[i].key, with.key) == 0) {
			o->v[i] = with;
			return true;
		}
	if (o->n == INI_OPTS_MAX)
		return false;
	if (o->n == o->size) {
		size_t size = o->size ? o->size * 2 : 8;
		struct opt *v = pool_new(p, size, sizeof(*v));

		if (o->n)
			memcpy(v, o->v, o->n * sizeof(*v));
		o->v = v;
		o->size = size;
	}
	o->v[o->n++] = with;
	return true;
}

void opts_update(struct pool *p, struct opts *o, const struct opts *with)
{
	for (size_t i = 0; i < with->n; i++)
		opts_put(p, o, with->v[i]);
}

struct section *ini_section(const struct ini *i, const char *name)
{
	for (size_t k = 0; k < i->n; k++)
		if (strcmp(i->v[k].name, name) == 0)
			return &i->v[k];
	return NULL;
}

struct section *ini_make(struct pool *p, struct ini *i, const char *name)
{
	struct section *s = ini_section(i, name);

	if (s || i->n == INI_SECS_MAX)
		return s;
	if (i->n == i->size) {
		size_t size = i->size ? i->size * 2 : 8;
		struct section *v = pool_new(p, size, sizeof(*v));

		if (i->n)
			memcpy(v, i->v, i->n * sizeof(*v));
		i->v = v;
		i->size = size;
	}
	i->v[i->n].name = name;
	return &i->v[i->n++];
}

static void tell(struct parse *s, const char *what)
{
	s->fault(s->arg, s->file, s->line, what);
}

/* The open option's value is whole: without blanks at its end. */
static void close_option(struct parse *s)
{
	struct str v = text_str(&s->value);

	if (!s->open.key)
		return;
	while (v.n && blank(v.p[v.n - 1]))
		v.n--;
	s->open.val = pool_str(s->pool, v);
	if (!opts_put(s->pool, s->in, s->open))
		tell(s, "too many options in one section: split the file");
	s->open.key = NULL;
	s->value.n = 0;
}

static void open_section(struct parse *s, struct str name)
{
	const char *z = pool_str(s->pool, name);
	struct section *sec;

	s->seen = (struct opts){ 0 };
	if (strcmp(z, "DEFAULT") == 0) {
		s->in = &s->ini->defaults;
		return;
	}
	if (ini_section(s->ini, z))
		tell(s, "this section is in the file already: fail2ban would "
			"not start; write its options into one section");
	sec = ini_make(s->pool, s->ini, z);
	if (!sec)
		tell(s, "too many sections: split the file");
	s->in = sec ? &sec->opts : NULL;
}

static char *lower(struct pool *p, struct str s)
{
	char *z = pool_str(p, s);

	for (size_t i = 0; i < s.n; i++)
		if (z[i] >= 'A' && z[i] <= 'Z')
			z[i] = (char)(z[i] + ('a' - 'A'));
	return z;
}

static void open_option(struct parse *s, struct str line)
{
	size_t at = 0;
	struct str key;

	while (at < line.n && line.p[at] != '=' && line.p[at] != ':')
		at++;
	key = strip(str_head(line, at));
	if (at == line.n || key.n == 0) {
		tell(s, "neither \"key = value\" nor [section]: mend the line "
			"or indent it if it continues the value above");
		return;
	}
	s->open = (struct opt){ lower(s->pool, key), NULL, s->file, s->line };
	if (opts_get(&s->seen, s->open.key))
		tell(s,
		    "this option is in the section already: fail2ban would "
		    "not start; the last one counts here, delete the other");
	opts_put(s->pool, &s->seen, s->open);
	text_add(&s->value, strip(str_from(line, at + 1)));
}

/* What stands before a comment; *cut tells that there was one. */
static struct str uncomment(struct str line, bool *cut)
{
	struct str in = strip(line);

	*cut = in.n && (in.p[0] == '#' || in.p[0] == ';');
	if (*cut)
		return str_head(in, 0);
	for (size_t i = 1; i < line.n && !*cut; i++)
		if (line.p[i] == ';' && blank(line.p[i - 1])) {
			*cut = true;
			in = strip(str_head(line, i));
		}
	return in;
}

static void one_line(struct parse *s, struct str line)
{
	size_t indent = 0;
	bool cut;
	struct str in = uncomment(line, &cut);
	const char *end;

	if (in.n == 0) {
		if (!cut && s->open.key)
			text_char(&s->value, '\n');
		return;
	}
	while (blank(line.p[indent]))
		indent++;
	if (s->open.key && indent > s->indent) {
		text_char(&s->value, '\n');
		text_add(&s->value, in);
		return;
	}
	close_option(s);
	s->indent = indent;
	end = memrchr(in.p, ']', in.n);
	if (in.p[0] == '[' && end && end > in.p + 1) {
		open_section(s, (struct str){ in.p + 1, end - in.p - 1 });
	} else if (!s->in) {
		tell(s, "text before the first [section]: it counts nowhere");
	} else {
		open_option(s, in);
	}
}

void ini_parse(struct pool *p, const char *file, struct str bytes,
    ini_fault *fault, void *arg, struct ini *ret)
{
	struct parse s = { .pool = p,
		.file = file,
		.fault = fault,
		.arg = arg,
		.ini = ret,
		.value = TEXT(INI_FILE_MAX) };

	*ret = (struct ini){ 0 };
	while (bytes.n) {
		size_t n = 0;

		while (n < bytes.n && bytes.p[n] != '\n' && bytes.p[n] != '\r')
			n++;
		s.line++;
		one_line(&s, str_head(bytes, n));
		if (n + 1 < bytes.n && bytes.p[n] == '\r' &&
		    bytes.p[n + 1] == '\n')
			n++;
		bytes = str_from(bytes, n + 1);
	}
	close_option(&s);
	text_drop(&s.value);
}
