// Newer headers deprecate CURLOPT_PROTOCOLS, whose replacement older libraries do not know.
#define CURL_DISABLE_DEPRECATION
// The type checks of curl's header are macros around the very functions looked up here.
#define CURL_DISABLE_TYPECHECK

#include "ccarrier.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#undef curl_easy_getinfo
#undef curl_easy_setopt

// What the headers of one reply may take together. libcurl 7.88 keeps them all, without a limit.
#define HEADER_LIMIT ((size_t)256 * 1024)
#define FIRST_CAPACITY ((size_t)16 * 1024)
// Any count but the one offered stops libcurl.
#define STOP ((size_t)0)

// MARK: libcurl, opened on first use

static struct {
  CURLcode (*global_init)(long);
  CURL *(*easy_init)(void);
  void (*easy_cleanup)(CURL *);
  void (*easy_reset)(CURL *);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
  CURLcode (*easy_perform)(CURL *);
  const char *(*easy_strerror)(CURLcode);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
} curl;

static pthread_once_t load_once = PTHREAD_ONCE_INIT;
static bool load_failed;
static char load_reason[256];

static void fail_load(const char *reason) {
  load_failed = true;
  snprintf(load_reason, sizeof load_reason, "%s", reason ? reason : "unknown reason");
}

static bool find(void *library, const char *name, void *function) {
  void *symbol = dlsym(library, name);
  if (symbol == NULL) {
    fail_load(dlerror());
    return false;
  }
  // POSIX guarantees that a function's address fits; ISO C only frowns on the cast.
  memcpy(function, &symbol, sizeof symbol);
  return true;
}

static void load(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fail_load(dlerror());
    // The same interface over GnuTLS, which git brings to machines that lack the other.
    library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return;
    load_failed = false;
  }
  bool found = find(library, "curl_global_init", &curl.global_init) &&
               find(library, "curl_easy_init", &curl.easy_init) &&
               find(library, "curl_easy_cleanup", &curl.easy_cleanup) &&
               find(library, "curl_easy_reset", &curl.easy_reset) &&
               find(library, "curl_easy_setopt", &curl.easy_setopt) &&
               find(library, "curl_easy_getinfo", &curl.easy_getinfo) &&
               find(library, "curl_easy_perform", &curl.easy_perform) &&
               find(library, "curl_easy_strerror", &curl.easy_strerror) &&
               find(library, "curl_slist_append", &curl.slist_append) &&
               find(library, "curl_slist_free_all", &curl.slist_free_all);
  if (!found) return;
  CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) fail_load(curl.easy_strerror(code));
}

const char *ccarrier_load(void) {
  pthread_once(&load_once, load);
  return load_failed ? load_reason : NULL;
}

// MARK: The handle

struct ccarrier {
  CURL *easy;
  struct curl_slist *headers;
  ccarrier_watcher watcher;
  void *watcher_context;

  const uint8_t *body;
  size_t body_length, body_sent;
  uint8_t *reply;
  size_t reply_length, reply_capacity, reply_limit;
  size_t header_length;
  bool header_ended;
  long loss_seconds;

  CURLcode code;
  bool over_limit;
  size_t limit_hit;
  char message[CURL_ERROR_SIZE];
};

ccarrier *ccarrier_open(void) {
  if (ccarrier_load() != NULL) return NULL;
  ccarrier *carrier = calloc(1, sizeof *carrier);
  if (carrier == NULL) return NULL;
  carrier->easy = curl.easy_init();
  if (carrier->easy == NULL) {
    free(carrier);
    return NULL;
  }
  return carrier;
}

void ccarrier_close(ccarrier *carrier) {
  curl.easy_cleanup(carrier->easy);
  curl.slist_free_all(carrier->headers);
  free(carrier->reply);
  free(carrier);
}

// Remembers the first failure, so that setters need no check each.
static void note(ccarrier *carrier, CURLcode code) {
  if (carrier->code == CURLE_OK) carrier->code = code;
}

#define SET(option, value) note(carrier, curl.easy_setopt(carrier->easy, (option), (value)))

// MARK: Callbacks

static size_t over(ccarrier *carrier, size_t limit) {
  carrier->over_limit = true;
  carrier->limit_hit = limit;
  return STOP;
}

static size_t take_body(char *bytes, size_t one, size_t count, void *context) {
  (void)one;  // always 1
  ccarrier *carrier = context;
  if (count > carrier->reply_limit - carrier->reply_length) {
    return over(carrier, carrier->reply_limit);
  }
  size_t needed = carrier->reply_length + count;
  if (needed > carrier->reply_capacity) {
    size_t capacity = carrier->reply_capacity ? carrier->reply_capacity : FIRST_CAPACITY;
    while (capacity < needed) capacity *= 2;
    uint8_t *grown = realloc(carrier->reply, capacity);
    if (grown == NULL) return STOP;
    carrier->reply = grown;
    carrier->reply_capacity = capacity;
  }
  memcpy(carrier->reply + carrier->reply_length, bytes, count);
  carrier->reply_length = needed;
  return count;
}

static size_t give_body(char *room, size_t one, size_t count, void *context) {
  ccarrier *carrier = context;
  size_t left = carrier->body_length - carrier->body_sent;
  size_t given = one * count < left ? one * count : left;
  if (given > 0) memcpy(room, carrier->body + carrier->body_sent, given);
  carrier->body_sent += given;
  return given;
}

// libcurl would by itself send a body again, from its start, when a connection that was used before
// breaks off: what has arrived of it must be asked first.
static int refuse_to_repeat(void *context, curl_off_t offset, int origin) {
  (void)context, (void)offset, (void)origin;
  return CURL_SEEKFUNC_FAIL;
}

static size_t take_header(char *bytes, size_t one, size_t count, void *context) {
  (void)one;
  ccarrier *carrier = context;
  if (count > HEADER_LIMIT - carrier->header_length) {
    return over(carrier, HEADER_LIMIT);
  }
  carrier->header_length += count;
  // A status line opens the headers anew (after a 100, or a proxy's); trailers do not.
  if (count >= 5 && memcmp(bytes, "HTTP/", 5) == 0) carrier->header_ended = false;
  if (count > 0 && (bytes[0] == '\r' || bytes[0] == '\n')) carrier->header_ended = true;
  return count;
}

static int watch(void *context, curl_off_t to_receive, curl_off_t received, curl_off_t to_send,
                 curl_off_t sent) {
  ccarrier *carrier = context;
  return carrier->watcher(carrier->watcher_context, sent, to_send, received, to_receive);
}

// MARK: The request

void ccarrier_begin(ccarrier *carrier, const char *url) {
  curl.easy_reset(carrier->easy);
  curl.slist_free_all(carrier->headers);
  ccarrier_drop_reply(carrier);
  carrier->headers = NULL;
  carrier->watcher = NULL;
  carrier->watcher_context = NULL;
  carrier->reply_limit = SIZE_MAX;
  carrier->header_length = 0;
  carrier->header_ended = false;
  carrier->code = CURLE_OK;
  carrier->over_limit = false;
  carrier->limit_hit = 0;
  carrier->message[0] = '\0';

  SET(CURLOPT_ERRORBUFFER, carrier->message);
  SET(CURLOPT_URL, url);
  SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_WRITEFUNCTION, take_body);
  SET(CURLOPT_WRITEDATA, carrier);
  SET(CURLOPT_HEADERFUNCTION, take_header);
  SET(CURLOPT_HEADERDATA, carrier);
}

void ccarrier_set_get(ccarrier *carrier) { SET(CURLOPT_HTTPGET, 1L); }

void ccarrier_set_post(ccarrier *carrier, const void *body, size_t length) {
  SET(CURLOPT_POST, 1L);
  SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
  carrier->body = body;
  carrier->body_length = length;
  carrier->body_sent = 0;
  SET(CURLOPT_READFUNCTION, give_body);
  SET(CURLOPT_READDATA, carrier);
  SET(CURLOPT_SEEKFUNCTION, refuse_to_repeat);
}

void ccarrier_add_header(ccarrier *carrier, const char *line) {
  struct curl_slist *longer = curl.slist_append(carrier->headers, line);
  if (longer == NULL) {
    note(carrier, CURLE_OUT_OF_MEMORY);
    return;
  }
  carrier->headers = longer;
}

void ccarrier_set_connect_timeout(ccarrier *carrier, long seconds) {
  SET(CURLOPT_CONNECTTIMEOUT, seconds);
}

void ccarrier_set_low_speed(ccarrier *carrier, long bytes_per_second, long seconds) {
  SET(CURLOPT_LOW_SPEED_LIMIT, bytes_per_second);
  SET(CURLOPT_LOW_SPEED_TIME, seconds);
}

// Asked again and again while nothing is under way, and given up by the same clock as what is.
static int watch_for_loss(void *context, curl_socket_t socket, curlsocktype purpose) {
  (void)purpose;
  ccarrier *carrier = context;
  int patience = (int)carrier->loss_seconds * 1000;
  int on = 1, idle = (int)(carrier->loss_seconds + 1) / 2, pause = idle > 5 ? 5 : idle;
  // A system that knows one of these not has its own patience.
  (void)setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
  (void)setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  (void)setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  (void)setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &pause, sizeof pause);
  return CURL_SOCKOPT_OK;
}

void ccarrier_set_loss_timeout(ccarrier *carrier, long seconds) {
  carrier->loss_seconds = seconds;
  SET(CURLOPT_SOCKOPTFUNCTION, watch_for_loss);
  SET(CURLOPT_SOCKOPTDATA, carrier);
}

void ccarrier_set_total_timeout(ccarrier *carrier, long seconds) {
  SET(CURLOPT_TIMEOUT, seconds);
}

void ccarrier_set_reply_limit(ccarrier *carrier, size_t bytes) {
  carrier->reply_limit = bytes;
  // Refuses an announced length before any of it comes; take_body counts what is not announced.
  SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)bytes);
}

void ccarrier_set_ca_file(ccarrier *carrier, const char *path) { SET(CURLOPT_CAINFO, path); }

void ccarrier_set_watcher(ccarrier *carrier, ccarrier_watcher watcher, void *context) {
  carrier->watcher = watcher;
  carrier->watcher_context = context;
  SET(CURLOPT_XFERINFOFUNCTION, watch);
  SET(CURLOPT_XFERINFODATA, carrier);
  SET(CURLOPT_NOPROGRESS, 0L);
}

// MARK: Performing

// Keeps the SIGPIPE of a broken connection from this thread, whoever libcurl writes through, and
// leaves the process's own handling of it alone.
static CURLcode perform_without_sigpipe(CURL *easy) {
  sigset_t pipe, before, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  CURLcode code = curl.easy_perform(easy);
  if (!was_pending) {
    struct timespec at_once = {0, 0};
    sigtimedwait(&pipe, NULL, &at_once);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return code;
}

static long info(ccarrier *carrier, CURLINFO which) {
  long value = 0;
  curl.easy_getinfo(carrier->easy, which, &value);
  return value;
}

// libcurl has one code for a handshake that failed and one that was interrupted; a bad network
// must not be told as a server that cannot be trusted.
static bool handshake_was_cut(const char *message) {
  static const char *const signs[] = {
      "SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof", "Broken pipe",
      "non-properly terminated",
  };
  for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
    if (strstr(message, signs[i]) != NULL) return true;
  }
  return false;
}

static ccarrier_outcome outcome(ccarrier *carrier) {
  switch (carrier->code) {
    case CURLE_OK:
      return ccarrier_outcome_carried;

    case CURLE_UNSUPPORTED_PROTOCOL:
      // The same code says that what came back is no HTTP; then a request has gone out.
      return info(carrier, CURLINFO_REQUEST_SIZE) > 0 ? ccarrier_outcome_no_http
                                                      : ccarrier_outcome_bad_address;
    case CURLE_WEIRD_SERVER_REPLY:
      return ccarrier_outcome_no_http;
    case CURLE_URL_MALFORMAT:
      return ccarrier_outcome_bad_address;

    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return ccarrier_outcome_unreachable;

    case CURLE_OPERATION_TIMEDOUT:
      return ccarrier_outcome_timed_out;

    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_HTTP3:
      return ccarrier_outcome_cut;

    case CURLE_SSL_CONNECT_ERROR:
      return handshake_was_cut(carrier->message) ? ccarrier_outcome_cut
                                                 : ccarrier_outcome_untrusted;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_SHUTDOWN_FAILED:
      return ccarrier_outcome_untrusted;

    case CURLE_FILESIZE_EXCEEDED:
      carrier->limit_hit = carrier->reply_limit;
      return ccarrier_outcome_too_large;
    case CURLE_WRITE_ERROR:
      return carrier->over_limit ? ccarrier_outcome_too_large : ccarrier_outcome_other;

    case CURLE_ABORTED_BY_CALLBACK:
      return ccarrier_outcome_cancelled;

    default:
      return ccarrier_outcome_other;
  }
}

ccarrier_outcome ccarrier_perform(ccarrier *carrier) {
  SET(CURLOPT_HTTPHEADER, carrier->headers);
  if (carrier->code == CURLE_OK) carrier->code = perform_without_sigpipe(carrier->easy);
  // libcurl is content with a connection that closes between two headers.
  if (carrier->code == CURLE_OK && !carrier->header_ended) {
    carrier->code = CURLE_PARTIAL_FILE;
    snprintf(carrier->message, sizeof carrier->message, "connection closed amid the headers");
  }
  if (carrier->code != CURLE_OK && carrier->message[0] == '\0') {
    snprintf(carrier->message, sizeof carrier->message, "%s", curl.easy_strerror(carrier->code));
  }
  return outcome(carrier);
}

// MARK: The reply

long ccarrier_status(ccarrier *carrier) { return info(carrier, CURLINFO_RESPONSE_CODE); }

const char *ccarrier_content_type(ccarrier *carrier) {
  char *type = NULL;
  curl.easy_getinfo(carrier->easy, CURLINFO_CONTENT_TYPE, &type);
  return type;
}

const uint8_t *ccarrier_reply(ccarrier *carrier) { return carrier->reply; }

size_t ccarrier_reply_length(ccarrier *carrier) { return carrier->reply_length; }

void ccarrier_drop_reply(ccarrier *carrier) {
  free(carrier->reply);
  carrier->reply = NULL;
  carrier->reply_length = 0;
  carrier->reply_capacity = 0;
}

int ccarrier_code(ccarrier *carrier) { return (int)carrier->code; }

const char *ccarrier_message(ccarrier *carrier) { return carrier->message; }

size_t ccarrier_limit_hit(ccarrier *carrier) { return carrier->limit_hit; }
