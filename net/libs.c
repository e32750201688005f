#include "net/libs.h"

#include <curl/curl.h>
#include <idn2.h>
#include <jansson.h>
#include <ldns/ldns.h>
#include <openssl/crypto.h>
#include <utf8proc.h>

void
libs_describe(struct buf *out)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

	buf_addf(out, "libcurl      %s (%s)\n", curl->version,
		curl->ssl_version ? curl->ssl_version : "without TLS");
	buf_addf(out, "OpenSSL      %s\n", OpenSSL_version(OPENSSL_FULL_VERSION_STRING));
	buf_addf(out, "ldns         %s\n", ldns_version());
	buf_addf(out, "jansson      %s\n", jansson_version_str());
	buf_addf(out, "utf8proc     %s\n", utf8proc_version());
	buf_addf(out, "libidn2      %s\n", idn2_check_version(NULL));
}
