#include "charter/seal.h"

#include <sodium.h>
#include <stdio.h>

#include "base/bytes.h"

#define PLAIN "ssh-ed25519"
#define FIDO  "sk-ssh-ed25519@openssh.com"

const char *seal_fault_name(enum seal_fault f)
{
	static const char *const names[SEAL_FAULTS] = {
		[SEAL_OK] = "right",
		[SEAL_E_ARMOR] = "no armored SSH signature, or not base64",
		[SEAL_E_SHAPE] = "not the bytes of a key or signature",
		[SEAL_E_VERSION] = "an SSH signature of another version",
		[SEAL_E_KIND] = "no ed25519 or FIDO ed25519 key of OpenSSH",
		[SEAL_E_NAMESPACE] = "made for another purpose",
		[SEAL_E_HASH] = "neither over sha256 nor over sha512",
		[SEAL_E_TOUCH] = "made without a touch of the FIDO key",
		[SEAL_E_FORGED] = "a wrong signature",
	};

	assert(f < SEAL_FAULTS);
	return names[f];
}

/* uint32 length, then that many bytes (RFC 4251, section 5). */
static struct str rd_string(struct rd *r)
{
	uint32_t n = rd_u32(r);
	const uint8_t *p = rd_skip(r, n);

	return (struct str){ (const char *)p, p ? n : 0 };
}

static enum seal_fault read_key(struct rd *r, struct seal *ret)
{
	struct str kind = rd_string(r), key = rd_string(r), app = STR("");
	struct seal s = { 0 };

	if (str_eq(kind, STR(PLAIN)))
		s.kind = SEAL_ED25519;
	else if (str_eq(kind, STR(FIDO)))
		s.kind = SEAL_SK_ED25519;
	else
		return SEAL_E_KIND;
	if (s.kind == SEAL_SK_ED25519)
		app = rd_string(r);
	if (!rd_done(r) || key.n != sizeof(s.key) || app.n > SEAL_APP_MAX)
		return SEAL_E_SHAPE;
	for (size_t i = 0; i < app.n; i++)
		if (app.p[i] <= ' ' || app.p[i] > '~')
			return SEAL_E_SHAPE;
	if (s.kind == SEAL_SK_ED25519 && app.n == 0)
		return SEAL_E_SHAPE;
	memcpy(s.key, key.p, key.n);
	memcpy(s.app, app.p, app.n);
	*ret = s;
	return SEAL_OK;
}

enum seal_fault seal_parse(struct str line, bool lax, struct seal *ret)
{
	struct str kind, base64;
	uint8_t blob[SEAL_BLOB_MAX];
	struct seal s;
	struct rd r;
	size_t n;
	enum seal_fault f;

	if (!str_cut(&line, ' ', &kind))
		return SEAL_E_SHAPE;
	if (!str_eq(kind, STR(PLAIN)) && !str_eq(kind, STR(FIDO)))
		return SEAL_E_KIND;
	if (!str_cut(&line, ' ', &base64))
		base64 = line;
	else if (!lax)
		return SEAL_E_SHAPE;
	if (sodium_base642bin(blob, sizeof(blob), base64.p, base64.n, NULL, &n,
		NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return SEAL_E_SHAPE;
	r = rd_of(blob, n);
	f = read_key(&r, &s);
	if (f != SEAL_OK)
		return f;
	if ((s.kind == SEAL_ED25519) != str_eq(kind, STR(PLAIN)))
		return SEAL_E_SHAPE;
	*ret = s;
	return SEAL_OK;
}

struct wr {
	uint8_t *p;
	size_t n;
};

static void wr_string(struct wr *w, const void *p, size_t n)
{
	uint8_t *to = w->p + w->n;

	to[0] = (uint8_t)(n >> 24);
	to[1] = (uint8_t)(n >> 16);
	to[2] = (uint8_t)(n >> 8);
	to[3] = (uint8_t)n;
	memcpy(to + 4, p, n);
	w->n += 4 + n;
}

size_t seal_blob(const struct seal *s, uint8_t to[static SEAL_BLOB_MAX])
{
	bool fido = s->kind == SEAL_SK_ED25519;
	const char *kind = fido ? FIDO : PLAIN;
	struct wr w = { to, 0 };

	wr_string(&w, kind, strlen(kind));
	wr_string(&w, s->key, sizeof(s->key));
	if (fido)
		wr_string(&w, s->app, strlen(s->app));
	assert(w.n <= SEAL_BLOB_MAX);
	return w.n;
}

size_t seal_print(const struct seal *s, char to[static SEAL_LINE_MAX])
{
	uint8_t blob[SEAL_BLOB_MAX];
	size_t n = seal_blob(s, blob);
	int k = snprintf(to, SEAL_LINE_MAX, "%s ",
	    s->kind == SEAL_SK_ED25519 ? FIDO : PLAIN);

	sodium_bin2base64(to + k, SEAL_LINE_MAX - (size_t)k, blob, n,
	    sodium_base64_VARIANT_ORIGINAL);
	return strlen(to);
}

void seal_show(const struct seal *s, char to[static SEAL_SHOW_MAX])
{
	uint8_t blob[SEAL_BLOB_MAX], sum[crypto_hash_sha256_BYTES];
	size_t n = seal_blob(s, blob);

	(void)crypto_hash_sha256(sum, blob, n);
	memcpy(to, "SHA256:", 7);
	sodium_bin2base64(to + 7, SEAL_SHOW_MAX - 7, sum, sizeof(sum),
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

void seal_party_id(const struct seal *founding, uint8_t ret[static 32])
{
	static const char domain[] = "liptako party v1";
	uint8_t blob[SEAL_BLOB_MAX];
	size_t n = seal_blob(founding, blob);
	crypto_generichash_state h;

	(void)crypto_generichash_init(&h, NULL, 0, 32);
	(void)crypto_generichash_update(&h, (const uint8_t *)domain,
	    sizeof(domain));
	(void)crypto_generichash_update(&h, blob, n);
	(void)crypto_generichash_final(&h, ret, 32);
}

static enum seal_fault read_signature(struct str sig, struct sshsig *s)
{
	struct rd r = rd_of(sig.p, sig.n);
	bool fido = s->seal.kind == SEAL_SK_ED25519;
	struct str kind = rd_string(&r), bytes = rd_string(&r);

	if (fido) {
		s->flags = rd_u8(&r);
		s->counter = rd_u32(&r);
	}
	if (!rd_done(&r) || bytes.n != sizeof(s->sig) ||
	    !str_eq(kind, str_of(fido ? FIDO : PLAIN)))
		return SEAL_E_SHAPE;
	memcpy(s->sig, bytes.p, bytes.n);
	return SEAL_OK;
}

enum seal_fault sshsig_parse(const void *blob, size_t n, struct sshsig *ret)
{
	struct rd r = rd_of(blob, n), key;
	const uint8_t *magic = rd_skip(&r, 6);
	uint32_t version = rd_u32(&r);
	struct str pub = rd_string(&r), ns = rd_string(&r),
		   reserved = rd_string(&r), hash = rd_string(&r),
		   sig = rd_string(&r);
	struct sshsig s = { 0 };
	enum seal_fault f;

	if (!magic || memcmp(magic, "SSHSIG", 6) != 0)
		return SEAL_E_SHAPE;
	if (version != 1)
		return SEAL_E_VERSION;
	if (!rd_done(&r) || ns.n == 0 || ns.n >= sizeof(s.namespace_) ||
	    reserved.n != 0 || memchr(ns.p, '\0', ns.n))
		return SEAL_E_SHAPE;
	if (!str_eq(hash, STR("sha256")) && !str_eq(hash, STR("sha512")))
		return SEAL_E_HASH;
	key = rd_of(pub.p, pub.n);
	f = read_key(&key, &s.seal);
	if (f == SEAL_OK)
		f = read_signature(sig, &s);
	if (f != SEAL_OK)
		return f;
	memcpy(s.namespace_, ns.p, ns.n);
	s.sha256 = str_eq(hash, STR("sha256"));
	*ret = s;
	return SEAL_OK;
}

#define BEGIN STR("-----BEGIN SSH SIGNATURE-----\n")
#define END   STR("-----END SSH SIGNATURE-----\n")

enum seal_fault sshsig_next(struct str *s, struct sshsig *ret)
{
	struct str rest = *s;
	uint8_t blob[SSHSIG_BLOB_MAX];
	size_t end, n;
	enum seal_fault f;

	if (!str_starts(rest, BEGIN))
		return SEAL_E_ARMOR;
	rest = str_from(rest, BEGIN.n);
	end = str_find(str_head(rest, SSHSIG_ARMOR_MAX), END);
	if (end == SIZE_MAX)
		return SEAL_E_ARMOR;
	if (sodium_base642bin(blob, sizeof(blob), rest.p, end, "\n", &n, NULL,
		sodium_base64_VARIANT_ORIGINAL) != 0)
		return SEAL_E_ARMOR;
	f = sshsig_parse(blob, n, ret);
	if (f == SEAL_OK)
		*s = str_from(rest, end + END.n);
	return f;
}

static const uint8_t *sum_of(struct seal_text *t, bool sha256)
{
	const uint8_t *p = (const uint8_t *)t->text.p;

	if (sha256 && !t->has256)
		(void)crypto_hash_sha256(t->sum256, p, t->text.n);
	if (!sha256 && !t->has512)
		(void)crypto_hash_sha512(t->sum512, p, t->text.n);
	t->has256 |= sha256;
	t->has512 |= !sha256;
	return sha256 ? t->sum256 : t->sum512;
}

/* What ssh-keygen signs: a preamble and the hash of the text. */
static size_t signed_bytes(const struct sshsig *s, struct seal_text *text,
    uint8_t to[static 256])
{
	const char *hash = s->sha256 ? "sha256" : "sha512";
	struct wr w = { to, 6 };

	memcpy(to, "SSHSIG", 6);
	wr_string(&w, s->namespace_, strlen(s->namespace_));
	wr_string(&w, "", 0);
	wr_string(&w, hash, strlen(hash));
	wr_string(&w, sum_of(text, s->sha256), s->sha256 ? 32 : 64);
	return w.n;
}

/* A FIDO key signs hashes of these, with its flags and counter between. */
static size_t fido_bytes(const struct sshsig *s, uint8_t *bytes, size_t n)
{
	uint8_t sum[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256(sum, bytes, n);
	(void)crypto_hash_sha256(bytes, (const uint8_t *)s->seal.app,
	    strlen(s->seal.app));
	bytes[32] = s->flags;
	bytes[33] = (uint8_t)(s->counter >> 24);
	bytes[34] = (uint8_t)(s->counter >> 16);
	bytes[35] = (uint8_t)(s->counter >> 8);
	bytes[36] = (uint8_t)s->counter;
	memcpy(bytes + 37, sum, sizeof(sum));
	return 37 + sizeof(sum);
}

enum seal_fault sshsig_check(const struct sshsig *s, struct str namespace_,
    struct seal_text *text)
{
	uint8_t bytes[256];
	size_t n;

	if (!str_eq(str_of(s->namespace_), namespace_))
		return SEAL_E_NAMESPACE;
	if (s->seal.kind == SEAL_SK_ED25519 && !(s->flags & 1))
		return SEAL_E_TOUCH;
	n = signed_bytes(s, text, bytes);
	if (s->seal.kind == SEAL_SK_ED25519)
		n = fido_bytes(s, bytes, n);
	return crypto_sign_verify_detached(s->sig, bytes, n, s->seal.key) == 0
		   ? SEAL_OK
		   : SEAL_E_FORGED;
}
