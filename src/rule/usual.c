#include "rule/usual.h"

#include "rule/needs.h"

/* What most logs are full of says nothing. */
static const char usual_words[] =
    "get / http/1.1 http://www. https:// post /index.html /index.php? "
    "/api/v1/ /api/v2/ /static/ /assets/ /images/ /img/ /js/ /css/ app.js "
    "style.css .png favicon.ico /login /user/ /users/ /account /product/ "
    "/products/ /search?q= /blog/ /cart /feed.xml /page/ /admin/ /content/ "
    "/upload mozilla/5.0 (windows nt linux x86_64 gecko/20100101 firefox/ "
    "applewebkit/537.36 like chrome/ safari/ version/ mobile compatible; "
    "session opened closed for user root connection from port invalid failed "
    "password error: warning: authentication disconnected [preauth] by "
    "(uid=0) info: ";

/* One bit a hash of their grams; filled when first asked. */
static uint64_t usual_grams[(1 << 14) / 64];

static uint32_t usual_hash(const char *p, size_t size)
{
	return gram_at(p, size, 0x20202020) * UINT32_C(0x85ebca6b) >> 18;
}

static void fill_usual(size_t size)
{
	for (size_t i = 0; i + size < sizeof(usual_words); i++) {
		uint32_t h = usual_hash(usual_words + i, size);

		usual_grams[h / 64] |= UINT64_C(1) << (h % 64);
	}
}

static bool in_most_logs(const char *p, size_t size)
{
	static bool ready;
	uint32_t h;

	if (size < SHORT_GRAM)
		return false;
	if (!ready) {
		fill_usual(SHORT_GRAM);
		fill_usual(GRAM);
		ready = true;
	}
	h = usual_hash(p, size);
	return usual_grams[h / 64] >> (h % 64) & 1;
}

/* What the byte at i says, and the gram that begins there. */
static unsigned byte_sum(struct str s, size_t i)
{
	return byte_usual(s.p[i]) * byte_usual(s.p[i]);
}

static unsigned gram_sum(struct str s, size_t i, size_t gram)
{
	return in_most_logs(s.p + i, gram) ? 300 : 0;
}

/* The sum moves on with the window. */
uint32_t best_window(struct str s, size_t window, size_t gram)
{
	size_t grams = window - gram + 1; /* in a window */
	unsigned least, sum = 0;
	uint32_t best = 0;

	if (s.n < window)
		return 0;
	for (size_t k = 0; k < window; k++)
		sum += byte_sum(s, k);
	for (size_t k = 0; k < grams; k++)
		sum += gram_sum(s, k, gram);
	least = sum;
	for (uint32_t i = 1; i + window <= s.n; i++) {
		sum += byte_sum(s, i + window - 1) - byte_sum(s, i - 1);
		sum +=
		    gram_sum(s, i + grams - 1, gram) - gram_sum(s, i - 1, gram);
		if (sum >= least)
			continue;
		least = sum;
		best = i;
	}
	return best;
}

unsigned usual_in(const char *p, size_t window, size_t gram)
{
	unsigned n = 0;

	for (size_t k = 0; k + gram <= window; k++)
		n += in_most_logs(p + k, gram);
	return n;
}
