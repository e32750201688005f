/*
 * limits: every size and time that bounds what a peer, a file or a user can make this program do.
 *
 * Hitting a limit is a fact that is shown, never a silent cut. Times are milliseconds, sizes are
 * bytes, the rest are counts. Reasons stand beside the numbers.
 */
#ifndef STS_LIMITS_H
#define STS_LIMITS_H

/* Time. RFC 8461 3.3 suggests a minute for the policy; RFC 5321 4.5.3.2 allows far more for SMTP. */
#define LIMIT_DNS_MS 10000 /* one question over all resolvers and retries */
#define LIMIT_CONNECT_MS 10000
#define LIMIT_AUX_DNS_MS 3000 /* a question that only explains; it must not hold the end up */
#define LIMIT_TLS_MS 15000
#define LIMIT_SMTP_REPLY_MS 30000
#define LIMIT_SMTP_QUIT_MS 5000 /* a reply that changes nothing */
#define LIMIT_SMTP_GREETING_MS 45000 /* past the usual 15 to 20 s of anti-spam delays */
#define LIMIT_HTTPS_MS 60000 /* RFC 8461 3.3 */
#define LIMIT_WALK_MS 75000 /* default of --timeout */

/* Counts. */
#define LIMIT_MX_HOSTS 32
#define LIMIT_SMTP_ADDRESSES 64
#define LIMIT_POLICY_HOST_ADDRESSES 8
#define LIMIT_CNAME_STEPS 8
#define LIMIT_PROBES 32 /* connections of one walk at once */
#define LIMIT_LOOKUPS 32 /* DNS questions of one walk at once */
#define LIMIT_RESOLVERS 8
#define LIMIT_CHAIN_CERTS 16
#define LIMIT_CERT_ERRORS 32
#define LIMIT_SANS 256 /* kept of one certificate; more are counted */
#define LIMIT_RECORDS 256 /* records kept of one DNS answer */

/* Sizes. */
#define LIMIT_POLICY_BYTES 65536 /* RFC 8461 3.3 */
#define LIMIT_POLICY_LINES 4096
#define LIMIT_HEADER_LINE_BYTES 8192
#define LIMIT_HEADERS 128
#define LIMIT_SMTP_LINE_BYTES 4096 /* RFC 5321 4.5.3.1.5 asks for 512 at most */
#define LIMIT_SMTP_REPLY_BYTES 65536
#define LIMIT_SMTP_REPLY_LINES 512
#define LIMIT_TXT_BYTES 65535
#define LIMIT_TXT_RECORDS 64
#define LIMIT_CERT_BYTES 65536
#define LIMIT_NAME_BYTES 253 /* RFC 1035 2.3.4, without the trailing dot */
#define LIMIT_LABEL_BYTES 63

/* Session files: nothing in one is trusted. */
#define LIMIT_SESSION_LINE_BYTES (1024 * 1024)
#define LIMIT_SESSION_BYTES (256 * 1024 * 1024)
#define LIMIT_EVENTS 200000
#define LIMIT_SESSION_MEMORY_BYTES (512UL * 1024 * 1024)
/* What is folded; a walk's own limits above allow far less. */
#define LIMIT_SESSION_LOOKUPS 4096
#define LIMIT_SESSION_ATTEMPTS 16384
#define LIMIT_SESSION_HOSTS 1024
/* Distinct policies that senders may hold: one a day for as long as max_age lets them live. */
#define LIMIT_SESSION_CACHED 512
#define LIMIT_SESSION_ROUNDS 4096 /* one that nothing is left of is dropped */
#define LIMIT_JSON_DEPTH 8

/* Reports of others (RFC 8460): mail from anybody. Section 5.2 suggests 10 MB for the mail. */
#define LIMIT_REPORT_FILE_BYTES (16 * 1024 * 1024)
#define LIMIT_REPORT_JSON_BYTES (32 * 1024 * 1024) /* unpacked: a small file may blow up */
#define LIMIT_REPORT_POLICIES 256 /* of one report; more are counted */
#define LIMIT_REPORT_FAILURES 20000 /* of one report, all policies together; more are counted */
#define LIMIT_REPORT_STRINGS 4096 /* lines of one policy-string or patterns of one mx-host */
#define LIMIT_REPORT_SESSIONS INT64_C(1000000000000) /* of one count, so that sums hold */
#define LIMIT_REPORT_PARTS 64 /* of one mail */
#define LIMIT_REPORT_NESTING 4 /* multiparts inside each other */

#endif
