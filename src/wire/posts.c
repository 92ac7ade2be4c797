#include "wire/posts.h"

const char *line_why_name(enum line_why w)
{
	switch (w) {
	case LINE_FINE:
		return "fine";
	case LINE_E_UNREACHABLE:
		return "nobody answers";
	case LINE_E_TLS:
		return "not the certificate of its record";
	case LINE_E_LOGIN:
		return "our login is not known there";
	case LINE_E_CLOSED:
		return "closed";
	case LINE_E_LATE:
		return "answers no more";
	case LINE_E_BOX:
		return "an outbox could not be made";
	case LINE_E_CERT:
		return "its record has no certificate";
	}
	return "unknown";
}

bool party_name_ok(const char *name)
{
	size_t n = strnlen(name, PARTY_NAME);

	if (n == 0 || n == PARTY_NAME)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((name[i] >= 'a' && name[i] <= 'z') ||
			(name[i] >= '0' && name[i] <= '9') || name[i] == '-'))
			return false;
	for (size_t i = n; i < PARTY_NAME; i++)
		if (name[i])
			return false;
	return true;
}

static bool empty(const char *name)
{
	for (size_t i = 0; i < PARTY_NAME; i++)
		if (name[i])
			return false;
	return true;
}

static bool addrs_ok(const struct addr *a, size_t n)
{
	if (n == 0 || n > POST_ADDRS)
		return false;
	for (size_t i = 0; i < n; i++)
		if (a[i].family != 4 && a[i].family != 6)
			return false;
	return true;
}

bool post_ok(const struct wire_post *p, size_t tail)
{
	return p->port > 0 && p->own <= 1 && tail > 0 && tail <= WIRE_CERT &&
	       addrs_ok(p->addrs, p->n_addrs);
}

bool box_ok(const struct wire_box *b)
{
	if (b->fleet > 1 || !party_name_ok(b->owner))
		return false;
	switch ((enum box_use)b->use) {
	case BOX_READ:
		return party_name_ok(b->reader);
	case BOX_WRITE:
		return empty(b->reader);
	case BOX_KEEP:
		return empty(b->reader) || party_name_ok(b->reader);
	}
	return false;
}

bool serve_ok(const struct wire_serve *s)
{
	if (s->fleet > 1)
		return false;
	switch ((enum serve_kind)s->kind) {
	case SERVE_OWNER:
	case SERVE_WRITER:
		return party_name_ok(s->owner) && empty(s->reader);
	case SERVE_READER:
		return party_name_ok(s->owner) && party_name_ok(s->reader);
	case SERVE_JOINER:
		return empty(s->owner) && empty(s->reader);
	}
	return false;
}

bool join_ok(const struct wire_join *j)
{
	return j->port > 0 && addrs_ok(j->addrs, j->n_addrs);
}
