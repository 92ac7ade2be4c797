#include "f2b/python_parts.h"

#include <stdio.h>

static void run_add(struct python_literal *run, struct python *to,
    const char *p, size_t n)
{
	if (run->n + n > PYTHON_LITERAL_MAX) {
		literal_keep(&to->holds, run);
		run->n = 0;
	}
	memcpy(run->p + run->n, p, n);
	run->n = (uint8_t)(run->n + n);
}

static bool escaped(struct read *r, struct part *p)
{
	char utf[4], out[16];
	size_t n;
	uint32_t c;

	switch (escape_read(r, false, &c)) {
	case ESC_CHAR:
		if (c >= 0x80 && r->in.p[r->at - 1] < 0) {
			*p = (struct part){ .first = byteset_all };
			text_char(&r->to->pcre, (char)c);
			return true;
		}
		if (!put_coded(r, c, utf, &n))
			return false;
		literal_part(r, p, utf, n);
		return true;
	case ESC_CLASS:
		snprintf(out, sizeof(out), "\\%c", (char)c);
		put(r, out);
		*p = (struct part){ .first = escape_set((char)c) };
		return true;
	case ESC_PLACE:
		snprintf(out, sizeof(out), "\\%c", c == 'Z' ? 'z' : (char)c);
		put(r, out);
		*p = (struct part){ .nullable = true,
			.zero = true,
			.caret = c == 'A' };
		return true;
	case ESC_BACK:
		snprintf(out, sizeof(out), "\\g{%u}", c);
		put(r, out);
		*p = (struct part){ .nullable = true, .first = byteset_all };
		return true;
	default:
		return false;
	}
}

/* A character that stands for itself; its first byte is read. */
static bool character(struct read *r, struct part *p)
{
	size_t from = r->at - 1, n = 1;

	while (n < 4 && (peek(r, 0) & 0xc0) == 0x80 && peek(r, 0) >= 0 &&
	       (uint8_t)r->in.p[from] >= 0xc0) {
		r->at++;
		n++;
	}
	for (size_t i = 0; i < n; i++)
		put_byte(r, (uint8_t)r->in.p[from + i]);
	literal_part(r, p, r->in.p + from, n);
	return true;
}

/* One thing that a quantifier could follow. */
static bool atom(struct read *r, struct part *p)
{
	int c = peek(r, 0);

	r->at++;
	switch (c) {
	case '(':
		return read_group(r, p);
	case '[':
		return read_class(r, p);
	case '\\':
		return escaped(r, p);
	case '.':
		put(r, ".");
		*p = (struct part){ .first = byteset_all };
		return true;
	case '^':
	case '$':
		text_char(&r->to->pcre, (char)c);
		*p = (struct part){ .nullable = true,
			.zero = true,
			.caret = c == '^' };
		return true;
	case '*':
	case '+':
	case '?':
		r->at--;
		return python_fail(r, "nothing stands before %c to repeat", c);
	default:
		return character(r, p);
	}
}

/* {n}, {n,}, {,m}, {n,m}: false if it is none and stands for itself. */
static bool braces(struct read *r, uint32_t *least, uint32_t *most)
{
	size_t at = 1, n = 0, m = 0;
	bool comma = false;

	*least = 0;
	for (; digit(peek(r, at)); at++, n++)
		*least = n < 6 ? *least * 10 + (uint32_t)(peek(r, at) - '0')
			       : UINT32_MAX / 2;
	*most = *least;
	if (peek(r, at) == ',') {
		comma = true;
		at++;
		for (*most = 0; digit(peek(r, at)); at++, m++)
			*most = m < 6
				    ? *most * 10 + (uint32_t)(peek(r, at) - '0')
				    : UINT32_MAX / 2;
		if (m == 0)
			*most = UINT32_MAX;
	}
	if (peek(r, at) != '}' || (n == 0 && !comma))
		return false;
	r->at += at + 1;
	return true;
}

/* How often; 0 if no quantifier stands here, -1 for a fault. */
static int quantifier(struct read *r, uint32_t *least, uint32_t *most)
{
	char out[32];

	switch (peek(r, 0)) {
	case '*':
		*least = 0, *most = UINT32_MAX;
		break;
	case '+':
		*least = 1, *most = UINT32_MAX;
		break;
	case '?':
		*least = 0, *most = 1;
		break;
	case '{':
		if (!braces(r, least, most))
			return 0;
		if (*least > 65535 || (*most != UINT32_MAX && *most > 65535) ||
		    *least > *most) {
			python_fail(r, "{%u,%u} is no number of times", *least,
			    *most);
			return -1;
		}
		if (*most == UINT32_MAX)
			snprintf(out, sizeof(out), "{%u,}", *least);
		else
			snprintf(out, sizeof(out), "{%u,%u}", *least, *most);
		put(r, out);
		goto tail;
	default:
		return 0;
	}
	text_char(&r->to->pcre, r->in.p[r->at++]);
tail:
	r->to->atomic |= peek(r, 0) == '+';
	if (peek(r, 0) == '?' || peek(r, 0) == '+')
		text_char(&r->to->pcre, r->in.p[r->at++]);
	if (peek(r, 0) == '*' || peek(r, 0) == '?' || peek(r, 0) == '+') {
		python_fail(r, "a repetition is repeated");
		return -1;
	}
	return 1;
}

/* Of (?x); false if nothing is to skip. */
static bool skip_blank(struct read *r)
{
	if (!(r->flags & VERBOSE) || peek(r, 0) < 0)
		return false;
	if (memchr(" \t\n\r\f\v", peek(r, 0), 6)) {
		r->at++;
		return true;
	}
	if (peek(r, 0) != '#')
		return false;
	while (peek(r, 0) >= 0 && peek(r, 0) != '\n')
		r->at++;
	return true;
}

/* What stands for nothing: blanks of (?x), comments. An open comment is left
 * to be a fault. */
static void skip_space(struct read *r)
{
	for (;;) {
		const char *end;

		if (skip_blank(r))
			continue;
		if (peek(r, 0) != '(' || peek(r, 1) != '?' || peek(r, 2) != '#')
			return;
		end = memchr(r->in.p + r->at, ')', r->in.n - r->at);
		if (!end)
			return;
		r->at = (size_t)(end - r->in.p) + 1;
	}
}

static void flush(struct read *r, struct part *seq)
{
	literal_keep(&r->to->holds, &seq->run);
	seq->run.n = 0;
}

/* Appends an atom that is there least to most times. */
static void sequel(struct read *r, struct part *seq, const struct part *p,
    uint32_t least, uint32_t most)
{
	if (seq->nullable) {
		set_or(&seq->first, &p->first);
		if (seq->zero && p->caret && least > 0)
			seq->caret = true;
		seq->nullable = p->nullable || least == 0;
		seq->zero &= p->zero;
	}
	if (p->zero) {
		seq->exact = false;
		return;
	}
	if (p->exact && least == 1 && most == 1) {
		run_add(&seq->run, r->to, p->run.p, p->run.n);
		return;
	}
	seq->exact = false;
	if (p->exact && least >= 1)
		run_add(&seq->run, r->to, p->run.p, p->run.n);
	flush(r, seq);
	/* what is repeated ends with itself */
	if (p->exact && least >= 1)
		run_add(&seq->run, r->to, p->run.p, p->run.n);
}

static bool sequence(struct read *r, struct part *seq)
{
	*seq = (struct part){ .nullable = true, .zero = true, .exact = true };
	for (;;) {
		struct python_holds had = r->to->holds;
		uint32_t least = 1, most = 1;
		struct part p;
		int q;

		skip_space(r);
		if (peek(r, 0) < 0 || peek(r, 0) == ')' || peek(r, 0) == '|')
			break;
		if (!atom(r, &p))
			return false;
		skip_space(r);
		q = quantifier(r, &least, &most);
		if (q < 0)
			return false;
		if (least == 0) /* it need not be there */
			r->to->holds = had;
		sequel(r, seq, &p, least, most);
	}
	if (!seq->exact)
		flush(r, seq);
	return true;
}

/* A list of one; false if there are too many. */
static bool word_add(struct python *to, const struct python_literal *l,
    struct python_holds *ret)
{
	if (to->n_words == PYTHON_ANY)
		return false;
	if ((to->n_words & (to->n_words - 1)) == 0)
		to->words = mem_grow(to->words, MAX(to->n_words * 2, 1),
		    sizeof(*to->words));
	to->words[to->n_words] = (struct python_word){ .literal = *l };
	*ret = (struct python_holds){ .n_any = 1,
		.first_any = (uint16_t)to->n_words,
		.last_any = (uint16_t)to->n_words };
	to->n_words++;
	return true;
}

/* Moves its list behind that of any; nobody else has it. */
static void any_move(struct python *to, const struct python_holds *from,
    struct python_holds *any)
{
	if (any->n_any)
		to->words[any->last_any].next = from->first_any;
	else
		any->first_any = from->first_any;
	any->last_any = from->last_any;
	any->n_any += from->n_any;
}

/* What one of several branches holds: its longest literal, or its own any. */
static bool branch_any(struct python *to, const struct part *p,
    struct python_holds *any)
{
	const struct python_literal *best =
	    to->holds.n ? to->holds.literal : NULL;
	struct python_holds one;

	/* a long one was cut, and is in both */
	if (p->exact && p->run.n > 1 && (!best || p->run.n > best->n))
		best = &p->run;
	if (to->holds.n_any && (!best || best->n < 4))
		one = to->holds;
	else if (!best || !word_add(to, best, &one))
		return false;
	any_move(to, &one, any);
	return true;
}

static size_t shortest(const struct python *to, const struct python_holds *h)
{
	size_t least = h->n_any ? PYTHON_LITERAL_MAX : 0, at = h->first_any;

	for (size_t i = 0; i < h->n_any; i++, at = to->words[at].next)
		least = MIN(least, (size_t)to->words[at].literal.n);
	return least;
}

/* Of two lists the one whose shortest word is longer. */
static void any_better(const struct python *to, const struct python_holds *new,
    struct python_holds *any)
{
	if (shortest(to, new) <= shortest(to, any))
		return;
	any->n_any = new->n_any;
	any->first_any = new->first_any;
	any->last_any = new->last_any;
}

bool read_alternatives(struct read *r, struct part *p)
{
	struct python_holds had = r->to->holds, any = { 0 };
	bool all = true;
	struct part next;

	r->to->holds = (struct python_holds){ 0 };
	if (!sequence(r, p))
		return false;
	if (peek(r, 0) != '|') {
		for (size_t i = 0; i < r->to->holds.n; i++)
			literal_keep(&had, &r->to->holds.literal[i]);
		any_better(r->to, &r->to->holds, &had);
		r->to->holds = had;
		return true;
	}
	all = branch_any(r->to, p, &any);
	while (peek(r, 0) == '|') {
		r->at++;
		put(r, "|");
		r->to->holds = (struct python_holds){ 0 };
		if (!sequence(r, &next))
			return false;
		all = all && branch_any(r->to, &next, &any);
		set_or(&p->first, &next.first);
		p->nullable |= next.nullable;
		p->zero &= next.zero;
		p->caret &= next.caret;
	}
	/* none of the words is in every match, but one of them */
	p->exact = false;
	p->run.n = 0;
	r->to->holds = had;
	if (all)
		any_better(r->to, &any, &r->to->holds);
	return true;
}

/* Flags that stand late hold from the beginning: hence twice. */
static bool pass(struct read *r, struct part *p)
{
	struct python *to = r->to;
	bool narrow = to->narrow;

	python_drop(to);
	*to = (struct python){ .pcre = TEXT(PYTHON_MAX),
		.ascii = true,
		.narrow = narrow };
	r->at = 0;
	r->flags = r->global;
	if (r->global & CASELESS)
		put(r, "(?i)");
	if (r->many)
		put(r, "(?m)");
	if (r->single)
		put(r, "(?s)");
	if (!read_alternatives(r, p))
		return false;
	if (peek(r, 0) == ')')
		return python_fail(r, "a ) closes nothing");
	return true;
}

void python_drop(struct python *p)
{
	text_drop(&p->pcre);
	free_ptr(&p->words);
}

struct python_literal *python_any(const struct python *p)
{
	size_t n = p->holds.n_any, at = p->holds.first_any;
	struct python_literal *any = mem_new(n ? n : 1, sizeof(*any));

	for (size_t i = 0; i < n; i++, at = p->words[at].next)
		any[i] = p->words[at].literal;
	return any;
}

bool python_read(struct str source, struct python *ret,
    char why[static PYTHON_WHY])
{
	struct read r = { source, .to = ret, .why = why };
	struct part p;

	*ret = (struct python){ .pcre = TEXT(PYTHON_MAX) };
	if (!pass(&r, &p) || !pass(&r, &p))
		return false;
	if (ret->pcre.over)
		return python_fail(&r, "the expression is over 128 KiB");
	if (p.exact)
		literal_keep(&ret->holds, &p.run);
	ret->anchored = p.caret && !r.many && !r.many_here;
	ret->has_first = !p.nullable;
	ret->first = p.first;
	return true;
}
