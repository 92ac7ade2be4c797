#include "judge/ledger_priv.h"

/*
 * Each step is forward only and never edited once released. Addresses are
 * blobs of 4 or 16 bytes, so that a prefix is a range of the index.
 */
const char *const ledger_steps[LEDGER_VERSION] = {
	/* 0 -> 1 */
	"CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)"
	" STRICT;"
	"CREATE TABLE log(key INTEGER PRIMARY KEY, path TEXT NOT NULL,"
	" cursor TEXT NOT NULL) STRICT;"
	"CREATE TABLE source(key INTEGER NOT NULL, ino INTEGER NOT NULL,"
	" offset INTEGER NOT NULL, n_at INTEGER NOT NULL,"
	" used INTEGER NOT NULL, PRIMARY KEY(key, ino)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE event(id INTEGER PRIMARY KEY, who BLOB NOT NULL,"
	" rule INTEGER NOT NULL, at INTEGER NOT NULL,"
	" expires INTEGER NOT NULL, value INTEGER NOT NULL,"
	" user INTEGER NOT NULL, flags INTEGER NOT NULL,"
	" key INTEGER NOT NULL, ino INTEGER NOT NULL,"
	" offset INTEGER NOT NULL, length INTEGER NOT NULL,"
	" hash INTEGER NOT NULL) STRICT;"
	"CREATE INDEX event_who ON event(who);"
	"CREATE TABLE measure(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" act INTEGER NOT NULL, rung INTEGER NOT NULL,"
	" verdict INTEGER NOT NULL, flags INTEGER NOT NULL,"
	" rule INTEGER NOT NULL, count INTEGER NOT NULL,"
	" need INTEGER NOT NULL, span INTEGER NOT NULL,"
	" first INTEGER NOT NULL, last INTEGER NOT NULL,"
	" at INTEGER NOT NULL, until INTEGER NOT NULL,"
	" repeats INTEGER NOT NULL, packets INTEGER NOT NULL,"
	" bytes INTEGER NOT NULL, PRIMARY KEY(net, bits))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE line(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" event INTEGER NOT NULL, key INTEGER NOT NULL, ino INTEGER NOT NULL,"
	" offset INTEGER NOT NULL, length INTEGER NOT NULL,"
	" hash INTEGER NOT NULL, at INTEGER NOT NULL,"
	" PRIMARY KEY(net, bits, event)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE history(id INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
	" net BLOB NOT NULL, bits INTEGER NOT NULL, what INTEGER NOT NULL,"
	" rung INTEGER NOT NULL, rule INTEGER NOT NULL,"
	" count INTEGER NOT NULL, until INTEGER NOT NULL,"
	" repeats INTEGER NOT NULL) STRICT;"
	"CREATE TABLE memory(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" verdict INTEGER NOT NULL, until INTEGER NOT NULL,"
	" term INTEGER NOT NULL, repeats INTEGER NOT NULL,"
	" last INTEGER NOT NULL, failures INTEGER NOT NULL,"
	" PRIMARY KEY(net, bits)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE login(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" days INTEGER NOT NULL, last INTEGER NOT NULL,"
	" barred INTEGER NOT NULL, PRIMARY KEY(net, bits))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE word(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" what INTEGER NOT NULL, at INTEGER NOT NULL,"
	" until INTEGER NOT NULL, uid INTEGER NOT NULL, note TEXT NOT NULL,"
	" PRIMARY KEY(net, bits, what)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;",
	/* 1 -> 2: the history of one address without a walk through all */
	"CREATE INDEX history_net ON history(net);",
	/* 2 -> 3: the alliance. frame: acts as they came, in a chain's order;
	 * said: the last notice of each party against a net, and our verdict;
	 * told: our own; answer: what allies answered to it. */
	"CREATE TABLE ally_party(no INTEGER PRIMARY KEY,"
	" id BLOB NOT NULL UNIQUE, name TEXT NOT NULL, state BLOB NOT NULL)"
	" STRICT;"
	"CREATE TABLE ally_charter(no INTEGER PRIMARY KEY,"
	" id BLOB NOT NULL UNIQUE, state BLOB NOT NULL) STRICT;"
	"CREATE TABLE ally_subject(place INTEGER PRIMARY KEY,"
	" bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE ally_chain(no INTEGER PRIMARY KEY,"
	" used INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE frame(id INTEGER PRIMARY KEY, chain INTEGER NOT NULL,"
	" first INTEGER NOT NULL, last INTEGER NOT NULL, at INTEGER NOT NULL,"
	" bytes BLOB NOT NULL) STRICT;"
	"CREATE INDEX frame_chain ON frame(chain, first);"
	"CREATE TABLE said(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" party INTEGER NOT NULL, charter INTEGER NOT NULL,"
	" chain INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" kind INTEGER NOT NULL, evidence INTEGER NOT NULL,"
	" count INTEGER NOT NULL, rung INTEGER NOT NULL,"
	" verdict INTEGER NOT NULL, witnesses INTEGER NOT NULL,"
	" at INTEGER NOT NULL, until INTEGER NOT NULL,"
	" expires INTEGER NOT NULL, pardoned INTEGER NOT NULL,"
	" service TEXT NOT NULL, PRIMARY KEY(net, bits, party, charter))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE told(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" charter INTEGER NOT NULL, run INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, evidence INTEGER NOT NULL,"
	" count INTEGER NOT NULL, at INTEGER NOT NULL,"
	" term INTEGER NOT NULL, expires INTEGER NOT NULL,"
	" PRIMARY KEY(net, bits, charter)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE answer(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" charter INTEGER NOT NULL, party INTEGER NOT NULL,"
	" verdict INTEGER NOT NULL, reason INTEGER NOT NULL,"
	" measure INTEGER NOT NULL, until INTEGER NOT NULL,"
	" at INTEGER NOT NULL, PRIMARY KEY(net, bits, charter, party))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE referral(envoy BLOB NOT NULL, run INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, charter INTEGER NOT NULL,"
	" owner INTEGER NOT NULL, author INTEGER NOT NULL,"
	" net BLOB NOT NULL, bits INTEGER NOT NULL, state INTEGER NOT NULL,"
	" at INTEGER NOT NULL, acknowledged INTEGER NOT NULL,"
	" settled INTEGER NOT NULL, PRIMARY KEY(envoy, run, seq))"
	" STRICT, WITHOUT ROWID;"
	/* acts that wait for the one they name */
	"CREATE TABLE early(envoy BLOB NOT NULL, run INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, chain INTEGER NOT NULL,"
	" by INTEGER NOT NULL, at INTEGER NOT NULL,"
	" PRIMARY KEY(envoy, run, seq, chain, by)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE account(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" last INTEGER NOT NULL, users BLOB NOT NULL,"
	" PRIMARY KEY(net, bits)) STRICT, WITHOUT ROWID;",
	/* 3 -> 4: who may visit desk; the lists that are taken in */
	"CREATE TABLE key(name TEXT NOT NULL, kind INTEGER NOT NULL,"
	" flags INTEGER NOT NULL, at INTEGER NOT NULL, salt BLOB NOT NULL,"
	" hash BLOB NOT NULL, PRIMARY KEY(name, kind)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE list(name TEXT PRIMARY KEY, url TEXT NOT NULL,"
	" every INTEGER NOT NULL, cap INTEGER NOT NULL,"
	" act INTEGER NOT NULL, at INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;",
	/* 4 -> 5: charters and what belongs to them, as they were sealed */
	"CREATE TABLE sealed(kind INTEGER NOT NULL, alliance BLOB NOT NULL,"
	" key BLOB NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,"
	" bytes BLOB NOT NULL, PRIMARY KEY(kind, alliance, key))"
	" STRICT, WITHOUT ROWID;",
	/* 5 -> 6: what stands before the offset, so that another text in the
	 * same inode is seen */
	"ALTER TABLE source ADD COLUMN before INTEGER NOT NULL DEFAULT 0;",
	/* 6 -> 7: the ports that a measure closes, as "22/tcp,80/tcp"; empty:
	 * every port, as all that stood before */
	("ALTER TABLE measure ADD COLUMN ports TEXT NOT NULL DEFAULT '';"
	 "ALTER TABLE memory ADD COLUMN ports TEXT NOT NULL DEFAULT '';"),
	/* 7 -> 8: of a /64, the last eight bytes of those that attacked */
	"ALTER TABLE measure ADD COLUMN hosts BLOB NOT NULL DEFAULT x'';",
	/* 8 -> 9: the jails that share a measure */
	"CREATE TABLE held(net BLOB NOT NULL, bits INTEGER NOT NULL,"
	" rule INTEGER NOT NULL, at INTEGER NOT NULL,"
	" until INTEGER NOT NULL, PRIMARY KEY(net, bits, rule))"
	" STRICT, WITHOUT ROWID;",
};
