/*
 * The switch itself, there and back, without a moment in which an address
 * that was shut out gets through.
 *
 * There: our jails are in force and every ban is in the kernel before fail2ban
 * is stopped, and its jails stand still meanwhile, so that it bans nobody
 * whom we do not hear of. Back: fail2ban runs and holds a ban for a while
 * before ours of the same address is opened; whom it does not hold is told to
 * it.
 */
#include "cli/f2b/client.h"
#include "cli/f2b/import.h"

#include <stdio.h>
#include <time.h>

enum {
	SETTLE_MS = 1500,   /* until its bans are in its database */
	HANDOVER_TRIES = 40 /* times SETTLE_MS */
};

static void wait_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

int take_over(struct import *im)
{
	int e;

	service_hold(im, true);
	wait_ms(SETTLE_MS);
	e = import_bans(im);
	if (e || im->bans_lost) {
		service_hold(im, false);
		return e ? e
			 : cli_fault("import",
			       "the bans in force could not be taken over "
			       "(%s): fail2ban goes on, so that nobody is "
			       "released",
			       im->bans_why);
	}
	if (service_stop(im) < 0) {
		service_hold(im, false);
		return cli_fault("import",
		    "fail2ban could not be stopped and goes on; stop it "
		    "yourself (systemctl disable --now fail2ban, or whatever "
		    "started it), then import again");
	}
	im->stopped = true;
	/* what was on its way to the database when it stopped */
	return im->from_server ? CLI_OK : import_bans(im);
}

/* Is this in its list of the banned? It prints Python's quotes. */
static bool it_holds(const char *banned, const char *net)
{
	char quoted[NET_MAX + 2];

	snprintf(quoted, sizeof(quoted), "'%s'", net);
	return strstr(banned, quoted) != NULL;
}

static void tell(const struct import *im, const char *jail, const char *net)
{
	const char *const ban[] = { "set", jail, "banip", net, NULL };

	free(service_ask(im, ban));
}

/* One look at what fail2ban holds. What it held at the look before, too, is
 * opened here; what it does not hold is told to it, once. How many are left. */
static size_t hand_back_some(struct import *im, struct client *c,
    const char *before, const char *banned, bool first)
{
	size_t left = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct shown *s = &c->jails[i];

		for (size_t k = 0; k < s->n; k++) {
			const char *net = s->v[k].net;

			if (!*net)
				continue;
			if (first && !it_holds(banned, net))
				tell(im, s->jail->name, net);
			if (it_holds(before, net) && it_holds(banned, net) &&
			    client_pardon(c, NULL, net) == 0)
				s->v[k].net[0] = 0;
			else
				left++;
		}
	}
	return left;
}

static size_t hand_back(struct import *im)
{
	static const char *const list[] = { "banned", NULL };
	struct client c = { .ask = im->ask };
	char *before = str_dup(STR("")), *banned;
	size_t left = 0;

	jails_open(&c, im->to);
	if (client_ask(&c) == 0)
		for (int i = 0; i < HANDOVER_TRIES; i++) {
			wait_ms(SETTLE_MS);
			banned = service_ask(im, list);
			left = hand_back_some(im, &c, before,
			    banned ? banned : "", i == 0);
			free(before);
			before = banned ? banned : str_dup(STR(""));
			if (left == 0)
				break;
		}
	free(before);
	jails_close(&c);
	return left;
}

int roll_back(struct import *im, int (*reload)(struct import *im))
{
	bool there = service_is_there(im), runs = service_runs(im);
	size_t left = 0;
	int e;

	if (there && !runs && service_start(im) < 0)
		return cli_fault("import",
		    "fail2ban does not start (see fail2ban-client -t), so "
		    "nothing was changed");
	if (there)
		left = hand_back(im);
	import_remove(im->to);
	e = reload(im);
	if (!there)
		puts("The jails are gone; fail2ban is not installed. Bans stay "
		     "until they end.");
	else if (runs)
		puts("The jails are gone; fail2ban runs.");
	else
		puts("The jails are gone; fail2ban is started and holds the "
		     "bans.");
	if (left)
		printf("%zu bans that it did not take stay here until they "
		       "end; liptako pardon opens one.\n",
		    left);
	return e;
}
