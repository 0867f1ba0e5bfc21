// What Carrier needs of libcurl, without variadic functions, which Swift cannot call.
//
// libcurl is opened with dlopen when the first carrier is, never linked: it brings some thirty
// libraries along, and a command that works offline should not pay for them when it starts.
//
// One carrier is one reusable handle, for one thread at a time. A request is: begin, then the
// setters in any order, then perform, then the getters. A setter that fails makes perform fail.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// One reusable handle; its connections stay open from one request to the next.
typedef struct ccarrier ccarrier;

/// How a request ended, told apart by what its caller can do about it.
typedef enum __attribute__((enum_extensibility(closed))) ccarrier_outcome : int {
  /// A whole reply has come, whatever its status says.
  ccarrier_outcome_carried = 0,
  /// The URL is none, or its scheme is neither http nor https.
  ccarrier_outcome_bad_address,
  /// No connection came about: no such host, nothing listening, no network.
  ccarrier_outcome_unreachable,
  /// A limit of time or of speed was passed.
  ccarrier_outcome_timed_out,
  /// The connection was there and broke off.
  ccarrier_outcome_cut,
  /// What came back is no HTTP.
  ccarrier_outcome_no_http,
  /// TLS failed: a certificate that does not convince, or no TLS on the other side.
  ccarrier_outcome_untrusted,
  /// The reply is longer than allowed; ccarrier_limit_hit says which limit it was.
  ccarrier_outcome_too_large,
  /// The watcher said stop.
  ccarrier_outcome_cancelled,
  /// Anything else; ccarrier_code and ccarrier_message tell.
  ccarrier_outcome_other,
} ccarrier_outcome;

/// Called several times a second at work, at least once a second at rest. Zero goes on, anything
/// else stops. A total that is not known is zero.
typedef int (*ccarrier_watcher)(void *_Nullable context, int64_t sent, int64_t to_send,
                                int64_t received, int64_t to_receive);

/// Opens libcurl once per process. Returns null when it is there, else why it is not.
const char *_Nullable ccarrier_load(void);

/// Opens a handle; null when libcurl is missing or memory is short. Loads libcurl if need be.
ccarrier *_Nullable ccarrier_open(void);
void ccarrier_close(ccarrier *carrier);

/// Forgets the last request and its reply, keeps the connections.
void ccarrier_begin(ccarrier *carrier, const char *url);

void ccarrier_set_get(ccarrier *carrier);
/// The body is not copied: it must stay where it is until perform has returned.
void ccarrier_set_post(ccarrier *carrier, const void *_Nullable body, size_t length);
/// Adds "Name: value"; "Name;" sends an empty one, "Name:" suppresses what libcurl would send.
void ccarrier_add_header(ccarrier *carrier, const char *line);
void ccarrier_set_connect_timeout(ccarrier *carrier, long seconds);
/// Has the system give a connection up whose other side acknowledges nothing for so long, also while
/// nothing is sent: a line that lost its connection says nothing of it.
void ccarrier_set_loss_timeout(ccarrier *carrier, long seconds);
void ccarrier_set_low_speed(ccarrier *carrier, long bytes_per_second, long seconds);
void ccarrier_set_total_timeout(ccarrier *carrier, long seconds);
void ccarrier_set_reply_limit(ccarrier *carrier, size_t bytes);
void ccarrier_set_ca_file(ccarrier *carrier, const char *path);
void ccarrier_set_watcher(ccarrier *carrier, ccarrier_watcher watcher, void *_Nullable context);

/// Sends the request and waits for the whole reply.
ccarrier_outcome ccarrier_perform(ccarrier *carrier);

long ccarrier_status(ccarrier *carrier);
/// Valid until the next begin; null when the reply names none.
const char *_Nullable ccarrier_content_type(ccarrier *carrier);
/// The bytes of the reply, valid until the next begin or drop; null when there are none.
const uint8_t *_Nullable ccarrier_reply(ccarrier *carrier);
size_t ccarrier_reply_length(ccarrier *carrier);
/// Frees the bytes of the reply.
void ccarrier_drop_reply(ccarrier *carrier);

/// The CURLcode of the last perform.
int ccarrier_code(ccarrier *carrier);
/// The last failure in libcurl's words, valid until the next begin.
const char *ccarrier_message(ccarrier *carrier);
/// The limit that a too large reply has passed, in bytes.
size_t ccarrier_limit_hit(ccarrier *carrier);

#pragma clang assume_nonnull end
