#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "judge/ally_world.h"
#include "signing/desk.h"

static void world_seal(struct world *w, enum sealed_type t, struct text_out *o,
    const struct test_key *keys, size_t n)
{
	w->sealed[w->n_sealed++] = test_seal(t, text_of(o), keys, n);
	text_free(o);
}

static void world_quota(const struct world *w, struct charter *c)
{
	static const char *const keys[] = { "quota-acts", "quota-kb" };
	struct text_fault f;

	for (size_t i = 0; w->quota && i < countof(keys); i++)
		assert_true(
		    charter_set(c, str_of(keys[i]), str_of(w->quota), &f));
	if (w->quota)
		assert_true(
		    charter_set(c, STR("quota-burst"), STR("1000000"), &f));
}

static void world_charter(struct world *w)
{
	struct text_out o = { 0 };
	struct charter *c;

	charter_template(&c, "sahel", T0);
	world_quota(w, c);
	for (size_t i = 0; i < w->n; i++)
		charter_add(c, &w->party[i]);
	charter_print(c, &o);
	sealed_hash(text_of(&o), w->id);
	charter_free(&c);
	world_seal(w, SEALED_CHARTER, &o, w->keys, w->n);
}

static void world_roll(struct world *w, size_t i)
{
	struct roll_envoy e = { .rights = RIGHT_ALL,
		.not_after = T0 + 170 * DAY_MS };
	struct roll r = { .number = 1, .issued = T0, .n = 1, .envoys = &e };
	struct text_out o = { 0 };

	memcpy(r.name, w->party[i].name, sizeof(r.name));
	memcpy(r.party, w->party[i].id, 32);
	memcpy(e.key, w->node[i].desk->key, 32);
	snprintf(e.host, sizeof(e.host), "gate");
	roll_print(&r, &o);
	world_seal(w, SEALED_ROLL, &o, &w->keys[i], 1);
}

static void world_record(struct world *w, size_t i)
{
	struct party_record *r = mem_new(1, sizeof(*r));
	struct text_out o = { 0 };

	memcpy(r->name, w->party[i].name, sizeof(r->name));
	memcpy(r->party, w->party[i].id, 32);
	snprintf(r->contact, sizeof(r->contact), "noc");
	r->number = 1;
	r->issued = T0;
	r->n_posts = 1;
	r->posts[0].at.n = 1;
	r->posts[0].at.v[0] =
	    (struct addr){ 4, { 91, 0, 0, (uint8_t)(i + 1) } };
	r->posts[0].at.port = 4222;
	r->posts[0].cert.n = 100;
	memset(r->posts[0].cert.der, (int)i + 1, 100);
	r->posts[0].cert.der[0] = 0x30;
	(void)crypto_hash_sha256(r->posts[0].cert.sha256, r->posts[0].cert.der,
	    100);
	record_print(r, &o);
	free(r);
	world_seal(w, SEALED_RECORD, &o, &w->keys[i], 1);
}

void world_up_with(struct world *w, size_t n, const char *quota)
{
	static const char *const names[] = { "mali", "burkina", "niger",
		"tuareg" };

	memset(w, 0, sizeof(*w));
	w->n = n;
	w->quota = quota;
	w->now = WORLD_NOW;
	act_init();
	for (unsigned i = 0; i < n; i++) {
		struct node *d = &w->node[i];
		char land[24];
		uint8_t seed[32] = { (uint8_t)(i + 40) };

		w->keys[i] = test_key(100 + i, false);
		snprintf(land, sizeof(land), "92.0.%u.0/24", i + 1);
		w->party[i] = test_party(names[i], &w->keys[i], land);
		w->party[i].since = T0;
		d->w = w;
		d->no = i;
		d->waiting = mem_new(WAITING, sizeof(*d->waiting));
		d->desk = mem_new(1, sizeof(*d->desk));
		desk_open(d->desk, seed);
		snprintf(d->dir, sizeof(d->dir), "/tmp/liptako-world-XXXXXX");
		assert_non_null(mkdtemp(d->dir));
	}
	world_charter(w);
	for (size_t i = 0; i < n; i++) {
		world_record(w, i);
		world_roll(w, i);
	}
	for (size_t i = 0; i < n; i++)
		node_start(&w->node[i]);
	world_pass(w, 1);
	world_pass(w, 1);
}

void world_up(struct world *w, size_t n)
{
	world_up_with(w, n, NULL);
}

static int world_unlink(const char *path, const struct stat *st, int what,
    struct FTW *f)
{
	return remove(path);
}

void node_forget(struct node *d)
{
	if (d->up)
		node_crash(d);
	(void)nftw(d->dir, world_unlink, 8, FTW_DEPTH | FTW_PHYS);
	assert_int_equal(mkdir(d->dir, 0700), 0);
}

void world_down(struct world *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct node *d = &w->node[i];

		if (d->up)
			node_crash(d);
		for (size_t k = 0; k < d->n_box; k++)
			free(d->box[k].p);
		free(d->waiting);
		free(d->desk);
		(void)nftw(d->dir, world_unlink, 8, FTW_DEPTH | FTW_PHYS);
	}
	for (size_t i = 0; i < w->n_sealed; i++)
		free((char *)(uintptr_t)w->sealed[i].p);
}

int world_quiet(void **state)
{
	const char *log = getenv("LIPTAKO_TEST_LOG");
	int fd =
	    open(log ? log : "/dev/null", O_WRONLY | O_APPEND | O_CREAT, 0600);

	(void)dup2(fd, STDERR_FILENO);
	close(fd);
	return sodium_init() < 0 ? -1 : 0;
}
