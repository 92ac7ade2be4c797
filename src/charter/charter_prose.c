#include "charter/charter.h"

/* The template: what two administrators seal who change nothing. */

const char *const charter_titles[CHARTER_CLAUSES + 1] = {
	[1] = "Name, version and expiry",
	[2] = "Parties",
	[3] = "What an attack is",
	[4] = "The duty of assistance",
	[5] = "Limits of what a word can do",
	[6] = "Territory and rebellion",
	[7] = "Pardon, safe-conduct and appeal",
	[8] = "Admission, withdrawal and suspension",
	[9] = "Amendment",
	[10] = "Data protection",
	[11] = "Transport",
	[12] = "Liability and law",
	[13] = "Sunset",
};

const char *const charter_prose[CHARTER_CLAUSES + 1] = {
	[0] =
	    "An attack on the computers of one party is answered by all. Each "
	    "party stays\n"
	    "sovereign: it judges for itself what it hears, and it may do more "
	    "or less than\n"
	    "is said here, but it answers. The indented lines are what the "
	    "programs of the\n"
	    "parties do; the sentences are what the parties mean.",
	[1] = "This text has one name and one version. The hash of version 1 "
	      "is the alliance's\n"
	      "identity for life; every later version names the one before it.",
	[2] = "Each party is an organisation with its own keys, hosts and "
	      "policy. One party has\n"
	      "one voice, however many hosts it has. Its seals are kept by "
	      "people, away from its\n"
	      "hosts.",
	[3] = "A party gives notice only of what its own hosts saw happen to "
	      "themselves:\n"
	      "authenticated logs or completed connections, never packets "
	      "whose source can be\n"
	      "forged, and never what another party said. What a web page "
	      "could make its\n"
	      "visitors do counts less than what only the attacker himself "
	      "can do.",
	[4] = "Whoever receives a notice verifies it, judges it and answers "
	      "with a receipt:\n"
	      "assisting, already closed, deferred, declined or disputed, and "
	      "why. The terms\n"
	      "are what a party does if its own policy says nothing else.",
	[5] = "No party's word closes more, wider or longer than this, "
	      "whatever it says and how\n"
	      "often. Special-purpose ranges, services that all depend on and "
	      "people who log in\n"
	      "are never closed on the word of others.",
	[6] = "A party's declared addresses are not closed on the word of "
	      "others: an attack out\n"
	      "of them is referred to that party, which acknowledges and "
	      "settles it, or the\n"
	      "address loses this immunity. Of two claims to one address the "
	      "earlier sealed one\n"
	      "holds. Every party may close any address on its own evidence.",
	[7] = "Whoever gave a notice can take it back, and all open again. A "
	      "party may vouch\n"
	      "for a client it knows. Anybody who is shut out may appeal to "
	      "any party, which\n"
	      "answers in time.",
	[8] = "A newcomer seals these terms, is brought in by sponsors out of "
	      "two parties (one\n"
	      "while there are fewer than three) and admitted by amendment; "
	      "then it is on\n"
	      "probation. Any party may leave at once by its seal, and any "
	      "may stop hearing\n"
	      "another for itself at once. Two different acts under one "
	      "number prove perjury and\n"
	      "silence that key. Whose keys were taken says so by seal, and "
	      "what was ordered\n"
	      "since is annulled.",
	[9] = "A new version needs the seals of two thirds of the parties "
	      "before it, and more\n"
	      "than half; of two thirds of its own; of every party it adds; "
	      "and of a party whose\n"
	      "seals it changes. A renewal that changes nothing but the dates "
	      "needs more than\n"
	      "half. Where two versions follow one, governance waits for a "
	      "third that names both.",
	[10] = "Each party is a controller of its own; there is no joint "
	       "control. Notices carry\n"
	       "addresses, times and kinds of unwanted traffic, never user "
	       "names, passwords or\n"
	       "log lines, under TLP:GREEN: for the parties and those they "
	       "defend. What is older\n"
	       "than this is erased; what one party erases on request the "
	       "others erase too.",
	[11] = "Each party serves its acts from a post of its own, or of an "
	       "ally. Nobody's post\n"
	       "is the centre, and no post is believed: only signatures are.",
	[12] = "What a party closes is its own act under its own policy. "
	       "Nobody warrants anything\n"
	       "and nobody owes damages for what another did on his notice.",
	[13] = "If it is not renewed this charter lapses on the day named in "
	       "clause 1: each party\n"
	       "then defends itself alone, as it did before.",
};
