/*
 * notary - holds the envoy key and signs what judge drafts.
 *
 * It sees no byte that came from the network: drafts are made by judge, and
 * the frame goes out by the envoy. Whatever waits in judge's link is signed
 * at once, so that the first one waits for nothing and the rest share its
 * signature.
 */
#include <poll.h>
#include <sodium.h>

#include "base/jail.h"
#include "base/link.h"
#include "base/log.h"
#include "base/upward.h"
#include "signing/desk.h"

enum {
	UP = 3,
	PATIENCE_MS = 5000, /* with a judge that takes nothing */
	ENVOY_MS = 200,     /* with an envoy: judge offers it again */
};

static struct notary {
	struct link up, judge, envoy;
	struct desk desk;
	uint8_t frame[FRAME_MOST];
	bool has_key, go, leave, told; /* judge knows our key */
	uint64_t lost;                 /* frames that the envoy did not take */
} w = { .up.fd = UP, .judge.fd = -1, .envoy.fd = -1 };

static void hang_up(struct link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/* LINK_OK, LINK_FULL after that time, or LINK_GONE and it is closed. */
static int say(struct link *l, uint32_t type, const void *body, size_t n,
    struct str tail, int ms)
{
	int e = LINK_GONE;

	if (l->fd < 0)
		return e;
	e = link_send(l, type, body, n, tail, -1);
	if (e == LINK_FULL && link_wait(l, true, ms) == 0)
		e = link_send(l, type, body, n, tail, -1);
	if (e == LINK_OK || e == LINK_FULL)
		return e;
	hang_up(l);
	return LINK_GONE;
}

static void tell_judge(uint32_t type, const void *body, size_t n,
    struct str tail)
{
	if (say(&w.judge, type, body, n, tail, PATIENCE_MS) != LINK_FULL)
		return;
	log_err("peer-stuck peer=judge");
	hang_up(&w.judge);
}

static void sign(void)
{
	struct wire_signed s;
	struct wire_out out;
	struct str frame = { (const char *)w.frame, 0 };

	if (w.desk.n == 0)
		return;
	frame.n = desk_sign(&w.desk, w.frame, &s, &out);
	/* out first: this is what allies wait for */
	if (say(&w.envoy, MSG_OUT, &out, sizeof(out), frame, ENVOY_MS) ==
		LINK_FULL &&
	    w.lost++ == 0)
		log_warn("envoy-slow: acts are offered again");
	tell_judge(MSG_SIGNED, &s, sizeof(s), frame);
}

static void take_draft(const struct packet *p)
{
	const struct wire_draft *m = p->p;
	struct str body = { (const char *)p->p + sizeof(*m),
		p->n - sizeof(*m) };
	struct wire_unsigned no = { .id = m->id };

	if (!desk_fits(&w.desk, m, body.n))
		sign();
	no.fault = desk_add(&w.desk, m, body);
	if (no.fault == ACT_OK)
		return;
	log_warn("draft-refused type=%u reason=\"%s\"", m->type,
	    act_fault_name((enum act_fault)no.fault));
	tell_judge(MSG_UNSIGNED, &no, sizeof(no), (struct str){ 0 });
}

/* Signs what waits; a judge that breaks the table is cut off. */
static void hear_judge(void)
{
	for (int i = 0; i < FRAME_ACTS && w.judge.fd >= 0; i++) {
		struct packet p = { .fd = -1 };
		int e = link_recv(&w.judge, &p);

		if (e == LINK_EMPTY)
			break;
		if (e == LINK_OK && msg_fits(p.type, JUDGE, NOTARY, p.n))
			take_draft(&p);
		else
			hang_up(&w.judge);
		close_fd(&p.fd);
	}
	sign();
}

/* Before the jail: the descriptor is all that we ever have of the file. */
static int take_key(int fd)
{
	uint8_t seed[32];
	ssize_t n = pread(fd, seed, sizeof(seed), 0);

	if (n != (ssize_t)sizeof(seed))
		return n < 0 ? -errno : -EBADMSG;
	desk_open(&w.desk, seed);
	sodium_memzero(seed, sizeof(seed));
	w.has_key = true;
	return 0;
}

static void tell_key(void)
{
	struct wire_envoy_key k;

	if (!w.go || w.judge.fd < 0 || w.told)
		return;
	memcpy(k.key, w.desk.key, sizeof(k.key));
	w.told = true;
	tell_judge(MSG_ENVOY_KEY, &k, sizeof(k), (struct str){ 0 });
}

static int enter(void)
{
	w.go = w.has_key;
	return w.go ? jail_up(NOTARY, NULL, &w.up) : -ENOKEY;
}

static int take_link(const struct wire_link *l, int *fd)
{
	struct link *to = l->peer == JUDGE   ? &w.judge
			  : l->peer == ENVOY ? &w.envoy
					     : NULL;

	if (!to || *fd < 0)
		return -EBADMSG;
	hang_up(to);
	to->fd = take_fd(fd);
	w.told &= to != &w.judge;
	return 0;
}

static int hear_one(void *arg, struct packet *p)
{
	switch ((enum msg)p->type) {
	case MSG_KEY: /* once, and not in the jail any more */
		return w.go || w.has_key || p->fd < 0 ? -EBADMSG
						      : take_key(p->fd);
	case MSG_LINK:
		return take_link(p->p, &p->fd);
	case MSG_GO:
		return w.go ? -EBADMSG : enter();
	default:
		return 0;
	}
}

static int hear_warden(void)
{
	int e = upward_hear(&w.up, NOTARY, hear_one, NULL);

	w.leave = e == -ESHUTDOWN;
	return w.leave ? 0 : e;
}

/* Nothing is ever said to us by an envoy: what comes is its end. */
static void hear_envoy(void)
{
	struct packet p = { .fd = -1 };

	if (link_recv(&w.envoy, &p) != LINK_EMPTY)
		hang_up(&w.envoy);
	close_fd(&p.fd);
}

static int live(void)
{
	int e = 0;

	while (e == 0 && !w.leave) {
		struct pollfd fds[] = { { w.up.fd, POLLIN, 0 },
			{ w.go ? w.judge.fd : -1, POLLIN, 0 },
			{ w.envoy.fd, POLLIN, 0 } };

		tell_key();
		if (poll(fds, countof(fds), -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[2].revents)
			hear_envoy();
		if (fds[1].revents)
			hear_judge();
		if (fds[0].revents)
			e = hear_warden();
	}
	return e;
}

int main(void)
{
	int e;

	log_open("notary");
	act_init();
	e = live();
	sodium_memzero(&w.desk, sizeof(w.desk));
	if (e < 0)
		log_err("start-failed error=\"%s\"", strerror(-e));
	return e < 0;
}
