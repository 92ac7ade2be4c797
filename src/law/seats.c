#include "law/seats.h"

#define LOW_BITS  UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

/* We start with about so many groups: 16 kB of seats. */
enum {
	GROUPS_FIRST = 64
};

struct place {
	uint32_t a, b; /* the two groups */
	uint8_t tag;
};

void seats_init(struct seats *s, uint32_t n, const struct hash_key *key)
{
	/* Five seats for four keys: enough that nobody is pushed out. */
	uint64_t want = ((uint64_t)n * 5 / 4 + SEATS_WAYS - 1) / SEATS_WAYS;
	unsigned doublings = 0;

	assert(n > 0 && want < UINT32_MAX / 2);
	while (want >> doublings > GROUPS_FIRST)
		doublings++;
	s->key = *key;
	s->groups =
	    (uint32_t)((want + (UINT64_C(1) << doublings) - 1) >> doublings);
	s->base = s->groups;
	s->doubled = 1;
	s->groups_max = s->groups << doublings;
	s->tags = mem_new(s->groups_max, sizeof(*s->tags));
	s->seat = mem_new(s->groups_max, SEATS_WAYS * sizeof(*s->seat));
}

void seats_fini(struct seats *s)
{
	free_ptr(&s->tags);
	free_ptr(&s->seat);
}

static inline uint64_t key_word(const struct seat_key *k)
{
	return (uint64_t)k->family << 16 | k->about;
}

/* One of base groups by the higher bits, one of its doublings by the lower
 * ones: when the table doubles, a key stays or goes up by all groups before.
 */
static inline uint32_t group_of(const struct seats *s, uint32_t h,
    uint32_t doubled)
{
	uint32_t first = (uint32_t)((uint64_t)h * s->base >> 32);

	return first + s->base * (h & (doubled - 1));
}

static inline struct place place_of(const struct seats *s,
    const struct seat_key *k)
{
	uint64_t h = hash_pair(&s->key, k->subject, key_word(k));
	uint8_t tag = (uint8_t)(h >> 16); /* no bits of either group's */

	assert(s->doubled > 0);
	return (struct place){ group_of(s, (uint32_t)h, s->doubled),
		group_of(s, (uint32_t)(h >> 32), s->doubled), tag ? tag : 1 };
}

/* A high bit for every byte of tags that is tag; above a right one there may
 * be wrong ones, so the lowest is always right. */
static inline uint64_t tags_like(uint64_t tags, uint8_t tag)
{
	uint64_t x = tags ^ LOW_BITS * tag;

	return (x - LOW_BITS) & ~x & HIGH_BITS;
}

/* How many of those bits are set: where the machine is not known to have an
 * instruction for it, libgcc would be called. */
static inline unsigned how_many(uint64_t bits)
{
	return (unsigned)((bits >> 7) * LOW_BITS >> 56);
}

static inline unsigned lowest(uint64_t bits)
{
	return (unsigned)__builtin_ctzll(bits) / 8;
}

static inline struct seat *seat_at(const struct seats *s, uint32_t g,
    unsigned way)
{
	return &s->seat[(size_t)g * SEATS_WAYS + way];
}

static inline bool sits(const struct seat *seat, const struct seat_key *k)
{
	return seat->subject == k->subject && seat->about == k->about &&
	       seat->family == k->family;
}

static inline struct seat *group_find(const struct seats *s, uint32_t g,
    uint8_t tag, const struct seat_key *k)
{
	for (uint64_t m = tags_like(s->tags[g], tag); m; m &= m - 1) {
		struct seat *seat = seat_at(s, g, lowest(m));

		if (sits(seat, k))
			return seat;
	}
	return NULL;
}

static inline struct seat *place_find(const struct seats *s,
    const struct place *p, const struct seat_key *k)
{
	struct seat *seat = group_find(s, p->a, p->tag, k);

	return seat ? seat : group_find(s, p->b, p->tag, k);
}

struct seat *seats_find(const struct seats *s, const struct seat_key *k)
{
	struct place p = place_of(s, k);

	return place_find(s, &p, k);
}

static void tag_set(struct seats *s, uint32_t g, unsigned way, uint8_t tag)
{
	uint64_t rest = s->tags[g] & ~(UINT64_C(0xff) << 8 * way);

	s->tags[g] = rest | (uint64_t)tag << 8 * way;
}

static struct seat *sit(struct seats *s, uint32_t g, unsigned way, uint8_t tag,
    const struct seat_key *k)
{
	struct seat *seat = seat_at(s, g, way);

	tag_set(s, g, way, tag);
	*seat = (struct seat){ .subject = k->subject,
		.about = k->about,
		.family = k->family };
	return seat;
}

static struct seat *take_empty(struct seats *s, const struct place *p,
    const struct seat_key *k)
{
	uint64_t a = tags_like(s->tags[p->a], 0);
	uint64_t b = tags_like(s->tags[p->b], 0);
	uint32_t g = how_many(b) > how_many(a) ? p->b : p->a;

	if (!(a | b))
		return NULL;
	s->used++;
	return sit(s, g, lowest(tags_like(s->tags[g], 0)), p->tag, k);
}

/* The one of this place's guests with the least heat, or NULL. */
static struct seat *coldest(const struct seats *s, const struct place *p,
    uint32_t *g, unsigned *way)
{
	uint64_t least = UINT64_MAX;

	/* without a branch: who is colder than who is as good as random */
	for (unsigned i = 0; i < 2 * SEATS_WAYS; i++) {
		uint32_t at = i < SEATS_WAYS ? p->a : p->b;
		const struct seat *seat = seat_at(s, at, i % SEATS_WAYS);
		bool empty = !(s->tags[at] >> 8 * (i % SEATS_WAYS) & 0xff);
		uint64_t heat = (uint64_t)seat->heat << 8 | i;

		heat |= -(uint64_t)empty;
		least = MIN(least, heat);
	}
	if (least == UINT64_MAX)
		return NULL;
	*g = (uint8_t)least < SEATS_WAYS ? p->a : p->b;
	*way = (uint8_t)least % SEATS_WAYS;
	return seat_at(s, *g, *way);
}

/* Moves one guest of a full group to its other group, if that has room. */
static bool make_room(struct seats *s, uint32_t g, unsigned *way)
{
	for (unsigned i = 0; i < SEATS_WAYS; i++) {
		struct seat *seat = seat_at(s, g, i);
		struct seat_key k = { seat->subject, seat->about,
			seat->family };
		struct place p = place_of(s, &k);
		uint32_t to = p.a == g ? p.b : p.a;
		uint64_t empty = tags_like(s->tags[to], 0);

		if (!empty)
			continue;
		*seat_at(s, to, lowest(empty)) = *seat;
		tag_set(s, to, lowest(empty), p.tag);
		*way = i;
		return true;
	}
	return false;
}

/* The seats of group g that belong into group g + groups from now on. */
static void group_split(struct seats *s, uint32_t g)
{
	uint32_t to = g + s->groups;
	unsigned free_way = 0;

	for (unsigned i = 0; i < SEATS_WAYS; i++) {
		struct seat *seat = seat_at(s, g, i);
		uint8_t tag = (uint8_t)(s->tags[g] >> 8 * i);
		struct seat_key k = { seat->subject, seat->about,
			seat->family };
		uint64_t h;
		uint32_t half;

		if (!tag)
			continue;
		h = hash_pair(&s->key, k.subject, key_word(&k));
		half = group_of(s, (uint32_t)h, s->doubled) == g
			   ? (uint32_t)h
			   : (uint32_t)(h >> 32);
		if (group_of(s, half, 2 * s->doubled) == g)
			continue;
		*seat_at(s, to, free_way) = *seat;
		tag_set(s, to, free_way++, tag);
		tag_set(s, g, i, 0);
	}
}

static void grow(struct seats *s)
{
	for (uint32_t g = 0; g < s->groups; g++)
		group_split(s, g);
	s->groups *= 2;
	s->doubled *= 2;
}

static void give_way(struct seats *s, struct seat *seat)
{
	if (s->gone)
		s->gone(s->arg, seat);
}

/* So full that it had better be larger, and may. */
static bool is_tight(const struct seats *s)
{
	return s->used >= (uint64_t)s->groups * (SEATS_WAYS - 1) &&
	       s->groups < s->groups_max;
}

/* Nobody has another group to move to. */
static bool is_full(const struct seats *s)
{
	return s->used == (uint64_t)s->groups * SEATS_WAYS;
}

/* There is no empty seat, or the table had better grow. */
static kept_aside struct seat *take_from_others(struct seats *s, struct place p,
    const struct seat_key *k, uint32_t cold)
{
	unsigned way = 0;
	uint32_t g = p.a;
	struct seat *seat = coldest(s, &p, &g, &way);

	if (seat && seat->heat < cold) {
		give_way(s, seat);
		return sit(s, g, way, p.tag, k);
	}
	if (is_tight(s)) {
		grow(s);
		return seats_take(s, k, cold);
	}
	for (unsigned i = 0; i < 2 && !is_full(s); i++) {
		uint32_t full = i ? p.b : p.a;
		unsigned freed;

		if (make_room(s, full, &freed)) {
			s->used++;
			return sit(s, full, freed, p.tag, k);
		}
	}
	s->pushed_out++;
	give_way(s, seat);
	return sit(s, g, way, p.tag, k);
}

struct seat *seats_take(struct seats *s, const struct seat_key *k,
    uint32_t cold)
{
	struct place p = place_of(s, k);
	struct seat *seat = place_find(s, &p, k);

	if (seat || (!is_tight(s) && (seat = take_empty(s, &p, k))))
		return seat;
	return take_from_others(s, p, k, cold);
}

static size_t index_of(const struct seats *s, const struct seat *seat)
{
	return (size_t)(seat - s->seat);
}

void seats_drop(struct seats *s, struct seat *seat)
{
	size_t i = index_of(s, seat);

	tag_set(s, (uint32_t)(i / SEATS_WAYS), i % SEATS_WAYS, 0);
	s->used--;
}

struct seat *seats_next(const struct seats *s, const struct seat *after)
{
	size_t i = after ? index_of(s, after) + 1 : 0;

	for (; i < (size_t)s->groups * SEATS_WAYS; i++) {
		if ((s->tags[i / SEATS_WAYS] >> 8 * (i % SEATS_WAYS)) & 0xff)
			return &s->seat[i];
	}
	return NULL;
}

uint64_t seats_bytes(const struct seats *s)
{
	return s->groups_max *
	       (uint64_t)(sizeof(*s->tags) + SEATS_WAYS * sizeof(*s->seat));
}
