/*
 * field - the classes of a pattern's fields, and what PCRE2 calls them.
 */
#ifndef LPT_FIELD_H
#define LPT_FIELD_H

#include "rule/byteset.h"

enum field_class {
	CLASS_IP,
	CLASS_NUM,
	CLASS_WORD,
	CLASS_TEXT,
	CLASS_QUOTED,
	CLASS_BRACKETED,
	CLASS_NOTGT,
	CLASS_NOTCOMMA,
	CLASS_NOTAPOS,
	CLASS_DATE,
};
extern const char *const field_class_names[]; /* NULL-ended */

/* What a field of this name is unless it says so. */
enum field_class field_default(struct str name);
/* Not for addresses, whose borders depend on their neighbours. */
const char *field_regex(enum field_class c);
/* For classes that are a run of bytes of a set; false for the others. */
bool field_set(enum field_class c, struct byteset *set, uint32_t *min);

/*
 * An address, bare. Its borders matter more than its inside, which addr_parse
 * checks afterwards: it never begins or ends in the middle of a longer word,
 * number or host name ("192.0.2.1.example.net" holds none).
 */
#define IP_V4   "(?:[0-9]{1,3}\\.){3}[0-9]{1,3}"
#define IP_ZONE "(?:%[0-9A-Za-z_]{1,16}+)?+"
#define IP_V6 \
	"(?!:[^:])" \
	"(?:[0-9A-Fa-f]{0,4}:){2,7}(?:" IP_V4 "|[0-9A-Fa-f]{1,4})?" \
	"(?<![^:]:)" IP_ZONE
#define IP_LEFT  "(?<![0-9.])(?<![0-9A-Fa-f]:)"
#define IP_RIGHT "(?![0-9A-Za-z_-])(?!\\.[0-9A-Za-z_-])"

#endif
