#include "judge/services.h"

const char services_text[] = {
#include "protected_services.inc"
};

static bool read_net(struct services *s, struct str line)
{
	struct served v;
	struct str net;

	if (!str_cut(&line, ' ', &net) || !net_parse(net, false, &v.net) ||
	    line.n == 0 || s->n == SERVICES_MOST)
		return false;
	v.about = line;
	if ((s->n & (s->n - 1)) == 0)
		s->v = mem_grow(s->v, s->n ? s->n * 2 : 1, sizeof(*s->v));
	s->v[s->n++] = v;
	return true;
}

static bool read_line(struct services *s, struct str line)
{
	struct str date = str_trim(str_from(line, 5));

	if (line.n == 0 || line.p[0] == '#')
		return true;
	if (!str_starts(line, STR("date:")))
		return read_net(s, line);
	if (date.n != sizeof(s->date) - 1)
		return false;
	memcpy(s->date, date.p, date.n);
	return true;
}

unsigned services_load(struct services *ret, struct str text)
{
	unsigned no = 0;

	*ret = (struct services){ 0 };
	while (text.n > 0) {
		struct str line;

		no++;
		if (!str_cut(&text, '\n', &line)) {
			line = text;
			text.n = 0;
		}
		if (!read_line(ret, line))
			return no;
	}
	return 0;
}

void services_free(struct services *s)
{
	free(s->v);
	*s = (struct services){ 0 };
}

const struct served *services_in(const struct services *s, const struct net *n)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct net *m = &s->v[i].net;

		if (net_has(m, &n->addr) || net_has(n, &m->addr))
			return &s->v[i];
	}
	return NULL;
}
