/*
 * A party's machine comes back from a backup: what it said since is unknown
 * to it, and the others know it. Nobody takes it for a perjurer, nobody is
 * suspended, and what it says from then on counts.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "judge/ally_world.h"
#include "signing/desk.h"

#include <dirent.h>

static struct world w;

static void copy_file(int from, int to, const char *name)
{
	char bytes[65536];
	ssize_t n;
	auto_close int in = openat(from, name, O_RDONLY | O_CLOEXEC);
	auto_close int out =
	    openat(to, name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		assert_int_equal(write(out, bytes, (size_t)n), n);
}

static void copy_folder(const char *from, const char *to)
{
	DIR *a = opendir(from), *b;
	struct dirent *e;

	(void)mkdir(to, 0700);
	b = opendir(to);
	assert_true(a && b);
	while ((e = readdir(b)))
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(b), e->d_name, 0);
	while ((e = readdir(a)))
		if (e->d_name[0] != '.')
			copy_file(dirfd(a), dirfd(b), e->d_name);
	closedir(a);
	closedir(b);
}

static void who_comes_back_is_no_perjurer(uint32_t clock_back)
{
	struct node *a = &w.node[0];
	char backup[64];

	world_up(&w, 3);
	snprintf(backup, sizeof(backup), "%s/backup", w.node[2].dir);
	for (uint32_t i = 0; i < 5; i++)
		sees(a, i, EVIL);
	world_pass(&w, 1);
	node_crash(a);
	copy_folder(a->dir, backup);
	node_start(a);
	for (uint32_t i = 5; i < 10; i++)
		sees(a, i, EVIL);
	world_pass(&w, 1);
	world_pass(&w, 600);
	node_crash(a);
	copy_folder(backup, a->dir);
	w.now -= clock_back;
	node_start(a);
	w.now += clock_back;
	world_pass(&w, 1);
	for (uint32_t i = 20; i < 25; i++) {
		sees(a, i, EVIL);
		world_talk(&w);
		assert_true(is_shut(&w.node[1], i));
		assert_true(is_shut(&w.node[2], i));
	}
	for (int i = 0; i < 10; i++)
		world_pass(&w, 31); /* heartbeats and what they ask for */
	for (size_t i = 0; i < 3; i++) {
		const struct ally *y = w.node[i].j.ally;

		assert_int_equal(y->counts[COUNT_PERJURY], 0);
		assert_int_equal(y->counts[COUNT_BROKEN], 0);
		assert_int_equal(y->n_perjurers, 0);
		for (uint16_t k = 0; k < 3; k++)
			assert_int_equal(
			    alliance_party(w.node[i].j.charters.v[0], k)
				->suspended,
			    0);
	}
	world_down(&w);
}

static void a_backup_speaks_on(void **state)
{
	who_comes_back_is_no_perjurer(0);
}

/* Its clock is where it was when the backup was made. */
static void a_backup_with_its_old_clock_speaks_on(void **state)
{
	who_comes_back_is_no_perjurer(602);
}

/* What it took from the posts since, they do not hand out again. */
static void is_told_what_it_missed(bool just_named, int within)
{
	struct node *a = &w.node[0];
	char backup[64];

	world_up(&w, 3);
	world_pass(&w, 120);
	snprintf(backup, sizeof(backup), "%s/backup", w.node[2].dir);
	node_crash(a);
	copy_folder(a->dir, backup);
	node_start(a);
	world_pass(&w, 1);
	sees(&w.node[1], 15, EVIL);
	world_pass(&w, 1);
	assert_true(is_shut(a, 15));
	world_pass(&w, 60);
	world_pass(&w, 60); /* all have named their heads */
	for (size_t i = 1; just_named && i < 3; i++)
		w.node[i].j.ally->charters[0]->beat_all_at = w.now;
	node_crash(a);
	copy_folder(backup, a->dir);
	node_start(a);
	for (int i = 0; i < within; i++)
		world_pass(&w, 1);
	assert_true(is_shut(a, 15));
	world_down(&w);
}

static void a_backup_is_told_what_it_missed(void **state)
{
	is_told_what_it_missed(false, 10);
}

/* Its allies had named all their heads to who it was before. */
static void a_backup_is_told_soon_after_others_were(void **state)
{
	is_told_what_it_missed(true, 35);
}

/* The power fails before a run is in the ledger, and the clock is behind the
 * last that is: two runs are begun after the same one, and are two. */
static void two_starts_after_one_run_are_two_runs(void **state)
{
	struct node *a = &w.node[0];
	char backup[64];

	world_up(&w, 3);
	snprintf(backup, sizeof(backup), "%s/backup", w.node[2].dir);
	a->j.ally->charters[0]->run_floor = (w.now + 3600) * UINT64_C(1000);
	node_key(a);
	world_pass(&w, 1);
	node_crash(a);
	copy_folder(a->dir, backup);
	for (uint32_t i = 0; i < 3; i++) {
		copy_folder(backup, a->dir);
		/* its notary remembers nothing, too */
		memset(a->desk->last, 0, sizeof(a->desk->last));
		node_start(a);
		sees(a, i, EVIL);
		world_talk(&w);
		assert_true(is_shut(&w.node[1], i));
		assert_true(is_shut(&w.node[2], i));
		node_crash(a);
	}
	for (size_t i = 1; i < 3; i++)
		assert_int_equal(w.node[i].j.ally->counts[COUNT_PERJURY], 0);
	world_down(&w);
}

/* Killed again and again within a second, and its ledger is behind: runs that
 * were begun are not begun again, and nothing that it saw is lost. */
static void many_starts_within_a_second_are_no_perjury(void **state)
{
	struct node *a = &w.node[0];
	char backup[64];

	world_up(&w, 3);
	snprintf(backup, sizeof(backup), "%s/backup", w.node[2].dir);
	judge_commit(&a->j);
	for (uint32_t i = 0; i < 12; i++) {
		node_crash(a);
		if (i == 0)
			copy_folder(a->dir, backup);
		copy_folder(backup, a->dir);
		node_start(a);
		sees(a, i, EVIL);
		world_talk(&w);
		assert_true(is_shut(&w.node[1], i));
		assert_true(is_shut(&w.node[2], i));
	}
	for (size_t i = 1; i < 3; i++)
		assert_int_equal(w.node[i].j.ally->counts[COUNT_PERJURY], 0);
	world_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backup_speaks_on),
		cmocka_unit_test(a_backup_with_its_old_clock_speaks_on),
		cmocka_unit_test(a_backup_is_told_what_it_missed),
		cmocka_unit_test(a_backup_is_told_soon_after_others_were),
		cmocka_unit_test(two_starts_after_one_run_are_two_runs),
		cmocka_unit_test(many_starts_within_a_second_are_no_perjury),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, world_quiet, NULL);
}
