/*
 * The floor: the least that a process can spend on telling n WebSockets what was said. It accepts upgrades (RFC 6455,
 * section 4.2), and writes one frame that was built before to every socket, once a tick, with one write(2) each. It
 * reads nothing, knows nobody, answers nothing.
 *
 * stdout  ready <port>                                once it listens, on 127.0.0.1
 * stdin   run <messages> <ticks> <tickMicros> <bytesPerMessage> <tag>
 *         count
 * stdout  done {"cpuSeconds":…,"deliveries":…,"writes":…,"waited":…,"lateMicros":…,"clients":…}
 *         clients <n>
 *
 * A message is the tag, filled up to its bytes. Messages are spread evenly over the ticks. `waited`: writes for which
 * a reader had to make room; `lateMicros`: the most that a tick began after its time. Ends with its stdin.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_REQUEST = 4096, MAX_FRAME = 8 << 20, EVENTS = 256, PATIENCE_MS = 5000 };
static const char GUID[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/* One connection, found by its descriptor. `request` is freed once it has been upgraded. */
struct client {
  char *request;
  size_t length;
  int position; /* in `open_fds`, -1 before the upgrade */
};

static struct client *clients;
static int *open_fds, open_count;
static long max_fds;
static int listener, poller, timer;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now_micros(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double cpu_seconds(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
         (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* FIPS 180-4, section 6.1, for texts of less than 2^32 bytes. */
static uint32_t rotate(uint32_t word, int bits) { return word << bits | word >> (32 - bits); }

static void sha1_block(uint32_t hash[5], const uint8_t *block) {
  uint32_t w[80], a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4];
  for (int t = 0; t < 16; t++)
    w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 | (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
  for (int t = 16; t < 80; t++) w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  for (int t = 0; t < 80; t++) {
    uint32_t f, k;
    if (t < 20) f = (b & c) | (~b & d), k = 0x5a827999;
    else if (t < 40) f = b ^ c ^ d, k = 0x6ed9eba1;
    else if (t < 60) f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
    else f = b ^ c ^ d, k = 0xca62c1d6;
    uint32_t next = rotate(a, 5) + f + e + k + w[t];
    e = d, d = c, c = rotate(b, 30), b = a, a = next;
  }
  hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d, hash[4] += e;
}

static void sha1(const char *text, size_t length, uint8_t digest[20]) {
  uint32_t hash[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  uint8_t last[128] = {0};
  size_t whole = length / 64 * 64, rest = length - whole, blocks = rest < 56 ? 1 : 2;
  for (size_t at = 0; at < whole; at += 64) sha1_block(hash, (const uint8_t *)text + at);
  memcpy(last, text + whole, rest);
  last[rest] = 0x80;
  for (int i = 0; i < 8; i++) last[blocks * 64 - 1 - (size_t)i] = (uint8_t)((uint64_t)length * 8 >> (8 * i));
  for (size_t i = 0; i < blocks; i++) sha1_block(hash, last + 64 * i);
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(hash[i / 4] >> (24 - 8 * (i % 4)));
}

/* 20 bytes to 28 characters. */
static void base64(const uint8_t digest[20], char out[29]) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *to = out;
  for (int i = 0; i < 21; i += 3) {
    uint32_t three = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 | (i + 2 < 20 ? digest[i + 2] : 0u);
    for (int shift = 18; shift >= 0; shift -= 6) *to++ = alphabet[three >> shift & 63];
  }
  out[27] = '=';
  out[28] = 0;
}

static void forget(int fd) {
  struct client *client = &clients[fd];
  if (client->position >= 0) {
    int last = open_fds[--open_count];
    open_fds[client->position] = last;
    clients[last].position = client->position;
  }
  free(client->request);
  *client = (struct client){.position = -1};
  close(fd);
}

static void write_all(int fd, const char *bytes, size_t length, long *waited) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written >= 0) {
      bytes += written;
      length -= (size_t)written;
    } else if (errno == EAGAIN) {
      struct pollfd room = {.fd = fd, .events = POLLOUT};
      ++*waited;
      if (poll(&room, 1, PATIENCE_MS) <= 0) return;
    } else if (errno != EINTR) {
      return; /* epoll tells that it is gone */
    }
  }
}

static void upgrade(int fd, struct client *client) {
  char *line = client->request, *key = NULL;
  while ((line = strstr(line, "\r\n")) != NULL) {
    line += 2;
    if (strncasecmp(line, "sec-websocket-key:", 18) == 0) key = line + 18;
  }
  while (key && (*key == ' ' || *key == '\t')) key++;
  size_t length = key ? strcspn(key, " \t\r\n") : 0;
  if (length != 24) {
    forget(fd);
    return;
  }
  char joined[24 + sizeof GUID], accept[29], answer[256];
  uint8_t digest[20];
  memcpy(joined, key, 24);
  memcpy(joined + 24, GUID, sizeof GUID);
  sha1(joined, 24 + sizeof GUID - 1, digest);
  base64(digest, accept);
  int bytes = snprintf(answer, sizeof answer,
                       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
  long waited = 0;
  write_all(fd, answer, (size_t)bytes, &waited);
  free(client->request);
  client->request = NULL;
  client->position = open_count;
  open_fds[open_count++] = fd;
}

static void accept_all(void) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return; /* EAGAIN, or no descriptors: the bots say who could not connect */
    }
    if (fd >= max_fds) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    clients[fd] = (struct client){.request = malloc(MAX_REQUEST), .position = -1};
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (clients[fd].request == NULL || epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) forget(fd);
  }
}

/* Before the upgrade a request is put together, afterwards whatever comes is dropped. */
static void receive(int fd) {
  struct client *client = &clients[fd];
  char dropped[4096];
  size_t room = client->request ? MAX_REQUEST - 1 - client->length : sizeof dropped;
  ssize_t bytes = room > 0 ? read(fd, client->request ? client->request + client->length : dropped, room) : 0;
  if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (bytes <= 0) {
    forget(fd);
    return;
  }
  if (client->request == NULL) return;
  client->length += (size_t)bytes;
  client->request[client->length] = 0;
  if (strstr(client->request, "\r\n\r\n")) upgrade(fd, client);
}

struct frame {
  char *bytes;
  size_t length;
};

static struct frame build(long messages, long bytes_each, const char *tag) {
  size_t payload = (size_t)messages * (size_t)bytes_each, at = 0;
  char *bytes = malloc(payload + 10);
  if (bytes == NULL) die("malloc");
  bytes[at++] = (char)0x81;
  if (payload < 126) bytes[at++] = (char)payload;
  else {
    int wide = payload < 65536 ? 2 : 8;
    bytes[at++] = wide == 2 ? 126 : 127;
    for (int i = wide - 1; i >= 0; i--) bytes[at++] = (char)(payload >> (8 * i));
  }
  memset(bytes + at, 'x', payload);
  for (long m = 0; m < messages; m++) memcpy(bytes + at + m * bytes_each, tag, strlen(tag));
  return (struct frame){bytes, at + payload};
}

/* What came on sockets and stdin, until a time (or, where it is -1, a command). Returns 0 at the end of stdin. */
static int serve(int64_t until, char *line, size_t size, size_t *filled) {
  struct epoll_event events[EVENTS];
  struct itimerspec alarm = {0};
  if (until >= 0) {
    alarm.it_value.tv_sec = until / 1000000;
    alarm.it_value.tv_nsec = until % 1000000 * 1000;
  }
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &alarm, NULL);
  for (;;) {
    int n = epoll_wait(poller, events, EVENTS, -1), is_time = 0, heard = 0;
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_all();
      else if (fd == timer) {
        uint64_t times;
        is_time = read(timer, &times, sizeof times) > 0;
      } else if (fd != STDIN_FILENO) receive(fd);
      else {
        ssize_t bytes = read(STDIN_FILENO, line + *filled, size - 1 - *filled);
        if (bytes <= 0) return 0;
        *filled += (size_t)bytes;
        line[*filled] = 0;
        heard = 1;
      }
    }
    if (is_time || (until < 0 && heard)) return 1;
  }
}

static int run(const char *command, char *line, size_t size, size_t *filled) {
  long messages, ticks, tick_micros, bytes_each;
  char tag[64];
  if (sscanf(command, "run %ld %ld %ld %ld %63s", &messages, &ticks, &tick_micros, &bytes_each, tag) != 5 ||
      messages < 1 || ticks < 1 || ticks > messages || tick_micros < 1 || bytes_each < (long)strlen(tag) ||
      messages / ticks + 1 > MAX_FRAME / bytes_each) {
    fprintf(stderr, "not understood: %s\n", command);
    exit(2);
  }
  long least = messages / ticks, writes = 0, waited = 0, said = 0;
  int64_t deliveries = 0, late = 0;
  struct frame frames[2] = {build(least, bytes_each, tag), build(least + 1, bytes_each, tag)};
  double before = cpu_seconds();
  int64_t start = now_micros();
  for (long tick = 1; tick <= ticks; tick++) {
    if (!serve(start + tick * tick_micros, line, size, filled)) return 0;
    int64_t overdue = now_micros() - (start + tick * tick_micros);
    if (overdue > late) late = overdue;
    long due = tick * messages / ticks - said;
    const struct frame *frame = &frames[due - least];
    said += due;
    for (int i = 0; i < open_count; i++) write_all(open_fds[i], frame->bytes, frame->length, &waited);
    writes += open_count;
    deliveries += (int64_t)due * open_count;
  }
  printf("done {\"cpuSeconds\":%.6f,\"deliveries\":%lld,\"writes\":%ld,\"waited\":%ld,\"lateMicros\":%lld,\"clients\":%d}\n",
         cpu_seconds() - before, (long long)deliveries, writes, waited, (long long)late, open_count);
  fflush(stdout);
  free(frames[0].bytes);
  free(frames[1].bytes);
  return 1;
}

static void prepare(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  max_fds = files.rlim_cur > 1 << 20 ? 1 << 20 : (long)files.rlim_cur;
  clients = calloc((size_t)max_fds, sizeof *clients);
  open_fds = calloc((size_t)max_fds, sizeof *open_fds);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  poller = epoll_create1(EPOLL_CLOEXEC);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (clients == NULL || open_fds == NULL || listener < 0 || poller < 0 || timer < 0) die("start");
  if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 4096) < 0) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = timer;
  epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event);
  event.data.fd = STDIN_FILENO;
  if (epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &event) < 0) die("stdin (a pipe is needed)");
  printf("ready %d\n", ntohs(address.sin_port));
  fflush(stdout);
}

int main(void) {
  static char line[4096];
  size_t filled = 0;
  signal(SIGPIPE, SIG_IGN);
  prepare();
  while (serve(-1, line, sizeof line, &filled)) {
    for (char *end; (end = memchr(line, '\n', filled)) != NULL;) {
      char command[4096];
      size_t length = (size_t)(end - line);
      memcpy(command, line, length);
      command[length] = 0;
      filled -= length + 1;
      memmove(line, end + 1, filled);
      if (strcmp(command, "count") == 0) {
        printf("clients %d\n", open_count);
        fflush(stdout);
      } else if (!run(command, line, sizeof line, &filled)) {
        return 0;
      }
    }
    if (filled == sizeof line - 1) return 2;
  }
  return 0;
}
