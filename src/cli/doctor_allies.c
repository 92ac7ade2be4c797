#include <stdio.h>
#include <stdlib.h>

#include "cli/doctor.h"
#include "cli/term.h"

/* What keeps allies from hearing each other: posts, and clocks. */

enum {
	OFFSET_NOTE = 5000,  /* ms between two clocks */
	OFFSET_BAD = 120000, /* what one says is in the future for the other */
};

static bool is_ours(const json_t *parties, const char *name)
{
	json_t *p;
	size_t i;

	json_array_foreach(parties, i,
	    p) if (get_flag(p, "self") &&
		   !strcmp(get_text(p, "party"), name)) return true;
	return false;
}

static void own_post(struct findings *f, const json_t *post)
{
	doctor_find(f, GRADE_BAD,
	    "journalctl -u liptako says why: is nats-server installed, and "
	    "is its port free?",
	    "our own post at %s does not serve us (%s): allies hear nothing",
	    get_text(post, "address"), get_text(post, "why"));
}

static void their_post(struct findings *f, const json_t *post)
{
	const char *party = get_text(post, "party");
	const char *at = get_text(post, "address");
	const char *why = get_text(post, "why");

	if (strstr(why, "certificate"))
		doctor_find(f, GRADE_NOTE,
		    "ask them: if they did not make it anew, somebody is "
		    "between you",
		    "the post of %s at %s has %s", party, at, why);
	else if (strstr(why, "login"))
		doctor_find(f, GRADE_NOTE,
		    "it may take them a minute to hear of it; then, here: "
		    "liptako charter seal, which seals our record anew",
		    "the post of %s at %s does not know our login", party, at);
	else
		doctor_find(f, GRADE_NOTE,
		    "there: is liptakod up, is that its address, and does a "
		    "firewall let this host in?",
		    "the post of %s at %s cannot be heard: %s", party, at, why);
}

static void posts_of(struct findings *f, const json_t *parties,
    const json_t *posts)
{
	json_t *p;
	size_t i;

	json_array_foreach(posts, i, p)
	{
		if (!strcmp(get_text(p, "state"), "up"))
			continue;
		if (is_ours(parties, get_text(p, "party")))
			own_post(f, p);
		else
			their_post(f, p);
	}
}

/* If all are off to the same side, it is ours. */
static bool is_all(const json_t *parties)
{
	size_t i, n = 0, ahead = 0, behind = 0;
	json_t *p;

	json_array_foreach(parties, i, p)
	{
		int64_t ms = get_num(p, "offset_ms");

		if (get_flag(p, "self") || !get_flag(p, "present") ||
		    (ms == 0 && !get_num(p, "beat")))
			continue; /* nobody knows */
		n++;
		ahead += ms > OFFSET_NOTE;
		behind += ms < -OFFSET_NOTE;
	}
	return n >= 2 && (ahead == n || behind == n);
}

static void clock_of(struct findings *f, const json_t *p, bool all)
{
	int64_t ms = get_num(p, "offset_ms"), by = llabs(ms) / 1000;
	bool bad = by * 1000 >= OFFSET_BAD;

	doctor_find(f, bad ? GRADE_BAD : GRADE_NOTE,
	    all ? "all clocks differ from ours: set ours by NTP (timedatectl)"
		: "set both by NTP (timedatectl)",
	    "the clock of %s is %lld s %s ours%s", get_text(p, "party"),
	    (long long)by, ms > 0 ? "ahead of" : "behind",
	    !bad     ? ""
	    : ms > 0 ? ": what it says is held to be from the future"
		     : ": what we say is from the future there");
}

void doctor_allies(struct findings *f, const json_t *parties,
    const json_t *posts)
{
	bool all = is_all(parties);
	json_t *p;
	size_t i;

	posts_of(f, parties, posts);
	json_array_foreach(parties, i, p)
	{
		if (!get_flag(p, "self") && get_flag(p, "present") &&
		    llabs(get_num(p, "offset_ms")) > OFFSET_NOTE)
			clock_of(f, p, all);
	}
}
