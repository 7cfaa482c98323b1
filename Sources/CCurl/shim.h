#pragma once
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

// Swift can't call C's variadic functions: one typed wrapper for each kind of value.
static inline CURLcode sds_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode sds_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode sds_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode sds_curl_set_off(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl copies a blob: the bytes need to live for the call only.
static inline CURLcode sds_curl_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

// Both callbacks get the same context.
typedef size_t (*sds_curl_callback)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode sds_curl_set_receivers(
    CURL *handle, sds_curl_callback header, sds_curl_callback body, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
    return code;
}

// A body that libcurl can't go back in: it is never sent twice.
static inline int sds_curl_refuse_seek(void *context, curl_off_t offset, int origin) {
    (void)context;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
}
static inline CURLcode sds_curl_set_source(CURL *handle, sds_curl_callback read, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, read);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_READDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, sds_curl_refuse_seek);
    return code;
}
static const size_t sds_curl_pause = CURL_WRITEFUNC_PAUSE;

// A network that swallows packets is noticed by data that nobody acknowledges as well as by silence.
static inline int sds_curl_socket_options(void *context, curl_socket_t socket, curlsocktype purpose) {
    (void)context;
    (void)purpose;
#ifdef TCP_USER_TIMEOUT
    unsigned int milliseconds = 60000;
    (void)setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
#endif
    return CURL_SOCKOPT_OK;
}
static inline CURLcode sds_curl_set_socket_options(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, sds_curl_socket_options);
}

static inline CURLcode sds_curl_get_socket(CURL *handle, curl_socket_t *value) {
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, value);
}
static inline CURLMcode sds_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

// The message's payload is a union, which Swift would see as raw bytes.
static inline CURLcode sds_curl_result(const CURLMsg *message) {
    return message->data.result;
}
