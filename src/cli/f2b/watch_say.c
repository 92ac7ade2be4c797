#include "cli/f2b/watch.h"

#include <stdio.h>
#include <time.h>

#include "cli/term.h"

/* "07:00:01" in the operator's zone; "-" for 0. */
static const char *clock_of(int64_t ms, char to[static 12])
{
	time_t t = ms / 1000;
	struct tm tm;

	if (ms == 0)
		return "-";
	(void)strftime(to, 12, "%T", localtime_r(&t, &tm));
	return to;
}

static void put(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(13));

	puts(text);
	fflush(stdout); /* somebody looks on */
	free(text);
	json_decref(o);
}

static json_t *base(const struct pair *p, const char *event, double at)
{
	char net[ADDR_MAX];

	(void)addr_print(&p->who, net);
	return json_pack("{s:s,s:f,s:s,s:s}", "event", event, "at", at, "jail",
	    p->jail->name, "address", net);
}

static void line(const struct pair *p, int64_t at, enum tone tone,
    const char *theirs, const char *ours)
{
	char when[12], net[ADDR_MAX];

	(void)addr_print(&p->who, net);
	printf("%s  %-16.40s %-16s ", clock_of(at, when), p->jail->name, net);
	printf("fail2ban %-17s | ", theirs);
	term_say(tone, "%s", ours);
	putchar('\n');
	fflush(stdout);
}

static double seconds(int64_t ms)
{
	return (double)ms / 1000;
}

void say_find(struct watch *w, const struct pair *p, int64_t have,
    const char *state)
{
	int64_t now = (int64_t)time(NULL) * 1000;
	char theirs[40];

	if (w->im->ask.json) {
		json_t *o = base(p, "find", seconds(now));

		json_object_set_new(o, "fail2ban",
		    json_pack("{s:i}", "found", (int)p->found));
		json_object_set_new(o, "ours",
		    json_pack("{s:I,s:s}", "count", (json_int_t)have, "state",
			state));
		put(o);
		return;
	}
	snprintf(theirs, sizeof(theirs), "found %u", p->found);
	line(p, now, TONE_DIM, theirs, state);
}

static json_t *ban_side(int64_t at)
{
	return at ? json_pack("{s:b,s:f}", "ban", 1, "at", seconds(at))
		  : json_pack("{s:b}", "ban", 0);
}

void say_ban(struct watch *w, const struct pair *p, int64_t now,
    const char *reason)
{
	char theirs[40], ours[700], when[12];
	double lead = seconds(p->theirs - p->ours);

	if (w->im->ask.json) {
		json_t *o = base(p, "ban", seconds(now));

		json_object_set_new(o, "fail2ban", ban_side(p->theirs));
		json_object_set_new(o, "ours", ban_side(p->ours));
		json_object_set_new(o, "same", json_boolean(!reason));
		if (reason)
			json_object_set_new(o, "reason", json_string(reason));
		put(o);
		return;
	}
	snprintf(theirs, sizeof(theirs), p->theirs ? "banned %s" : "did not",
	    clock_of(p->theirs, when));
	if (!reason && lead > 300)
		snprintf(ours, sizeof(ours),
		    "we would have it shut out since "
		    "%s",
		    clock_of(p->ours, when));
	else if (!reason)
		snprintf(ours, sizeof(ours), "we would at %s, %.1f s %s",
		    clock_of(p->ours, when), lead < 0 ? -lead : lead,
		    lead < 0 ? "later" : "sooner");
	else if (p->ours)
		snprintf(ours, sizeof(ours), "we would at %s: DIFFERS: %s",
		    clock_of(p->ours, when), reason);
	else
		snprintf(ours, sizeof(ours), "we would not: DIFFERS: %s",
		    reason);
	line(p, now, reason ? TONE_WARN : TONE_GOOD, theirs, ours);
}

void say_unban(struct watch *w, const struct pair *p)
{
	int64_t now = (int64_t)time(NULL) * 1000;
	int64_t term = p->jail->jail ? p->jail->jail->bantime : 0;
	int64_t end = p->our_last && term > 0 ? p->our_last + term * 1000 : 0;
	char ours[80] = "", when[12];

	if (w->im->ask.json) {
		json_t *o = base(p, "unban", seconds(now));

		if (end)
			json_object_set_new(o, "ours",
			    json_pack("{s:f}", "until", seconds(end)));
		put(o);
		return;
	}
	if (end)
		snprintf(ours, sizeof(ours), "ours would last until %s",
		    clock_of(end, when));
	line(p, now, TONE_DIM, "let it in again", ours);
}

void say_summary(const struct watch *w, int64_t now)
{
	const struct tally *t = &w->tally;
	double lead = t->both ? seconds(t->lead) / t->both : 0;

	if (w->im->ask.json) {
		put(json_pack("{s:s,s:I,s:i,s:i,s:i,s:i,s:I,s:f}", "event",
		    "summary", "seconds", (json_int_t)(now - w->began) / 1000,
		    "both", (int)t->both, "fail2ban_only", (int)t->theirs,
		    "ours_only", (int)t->ours, "fail2ban_found", (int)t->finds,
		    "ours_found", (json_int_t)t->our_finds, "sooner", lead));
		return;
	}
	printf("\nIn %s: both banned %u; fail2ban alone %u, we alone %u. It "
	       "found %u failures, we %lld.\n",
	    show_span((now - w->began) / 1000), t->both, t->theirs, t->ours,
	    t->finds, (long long)t->our_finds);
	if (t->both)
		printf("We were the first %u times of %u, by %.1f s on "
		       "average.\n",
		    t->sooner, t->both, lead);
	puts(t->theirs + t->ours
		 ? "Each difference stands above, with its reason where it is "
		   "known."
		 : "Nothing differed.");
	puts("fail2ban still runs; liptako import fail2ban --take-over stops "
	     "it.");
}
