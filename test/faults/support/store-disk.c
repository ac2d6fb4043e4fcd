/*
 * Loaded in front of libc (LD_PRELOAD): plays the disk under the folder STORE_DISK_FOLDER.
 *
 * Power cut: STORE_DISK_IMAGE is a folder that holds at any time what a disk would after the power went, no more: a file's
 * content as of its last fsync, and names as of the last fsync of the folder. Files are written by one thread at a time.
 *
 * Failures: STORE_DISK_FAILURE is a file of one int that may change at any time: 0, or the errno that every write, change of
 * size and fsync under the folder fails with.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_CHANGES 256
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

typedef struct { char from[PATH_MAX], to[PATH_MAX]; int keeps_from; } change;
static change changes[MOST_CHANGES];
static int change_count;
static const char *folder, *image;
static volatile int *failure;

__attribute__((constructor)) static void start(void) {
  folder = getenv("STORE_DISK_FOLDER");
  image = getenv("STORE_DISK_IMAGE");
  const char *failure_file = getenv("STORE_DISK_FAILURE");
  if (failure_file == NULL) return;
  int fd = open(failure_file, O_RDONLY);
  void *mapped = mmap(NULL, sizeof(int), PROT_READ, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) failure = mapped;
}

/* The place below the folder ("" for itself), or NULL for what lies elsewhere. */
static const char *place_of(const char *path) {
  size_t length = folder == NULL ? 0 : strlen(folder);
  if (length == 0 || strncmp(path, folder, length) != 0) return NULL;
  return path[length] == '\0' ? "" : path[length] == '/' ? path + length + 1 : NULL;
}

static const char *place_of_fd(int fd, char *buffer) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  if (length < 0) return NULL;
  buffer[length] = '\0';
  return place_of(buffer);
}

static void in_image(const char *place, char *buffer) { snprintf(buffer, PATH_MAX, "%s/%s", image, place); }

static void keep_content(int fd, const char *place) {
  char target[PATH_MAX], fresh[PATH_MAX], own[64], block[1 << 16];
  in_image(place, target);
  snprintf(fresh, sizeof fresh, "%.4000s.new", target);
  snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
  /* The descriptor may be for writing alone. */
  int in = open(own, O_RDONLY | O_CLOEXEC), out = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (in < 0 || out < 0) abort();
  for (ssize_t count; (count = read(in, block, sizeof block)) > 0;)
    if (REAL(write)(out, block, count) != count) abort();
  close(in);
  close(out);
  if (REAL(rename)(fresh, target) != 0) abort();
}

static void keep_names(void) {
  for (int i = 0; i < change_count; i++) {
    char from[PATH_MAX], to[PATH_MAX];
    in_image(changes[i].from, from);
    in_image(changes[i].to, to);
    if (changes[i].to[0] == '\0') REAL(unlink)(from);
    else if (changes[i].keeps_from ? REAL(link)(from, to) == 0 : REAL(rename)(from, to) == 0) continue;
    /* A name that is durable before its content was stands for an empty file. */
    else close(open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  }
  change_count = 0;
}

static void remember(const char *from, const char *to, int keeps_from) {
  if (image == NULL || from == NULL) return;
  if (change_count == MOST_CHANGES) abort();
  changes[change_count].keeps_from = keeps_from;
  snprintf(changes[change_count].from, PATH_MAX, "%s", from);
  snprintf(changes[change_count++].to, PATH_MAX, "%s", to == NULL ? "" : to);
}

static int fails(int fd) {
  char path[PATH_MAX];
  if (failure == NULL || *failure == 0 || place_of_fd(fd, path) == NULL) return 0;
  errno = *failure;
  return 1;
}

static int sync_as(int fd, int (*real)(int)) {
  char path[PATH_MAX];
  if (fails(fd)) return -1;
  const char *place = image == NULL ? NULL : place_of_fd(fd, path);
  if (place == NULL) return real(fd);
  if (*place == '\0') keep_names();
  else keep_content(fd, place);
  return 0;
}

int fsync(int fd) { return sync_as(fd, REAL(fsync)); }
int fdatasync(int fd) { return sync_as(fd, REAL(fdatasync)); }

int unlink(const char *path) {
  int done = REAL(unlink)(path);
  if (done == 0) remember(place_of(path), NULL, 0);
  return done;
}

int rename(const char *from, const char *to) {
  int done = REAL(rename)(from, to);
  if (done == 0) remember(place_of(from), place_of(to), 0);
  return done;
}

int link(const char *from, const char *to) {
  int done = REAL(link)(from, to);
  if (done == 0) remember(place_of(from), place_of(to), 1);
  return done;
}

ssize_t write(int fd, const void *bytes, size_t count) { return fails(fd) ? -1 : REAL(write)(fd, bytes, count); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return fails(fd) ? -1 : REAL(writev)(fd, parts, count); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return fails(fd) ? -1 : REAL(pwrite)(fd, bytes, count, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { return fails(fd) ? -1 : REAL(pwrite64)(fd, bytes, count, at); }
int ftruncate(int fd, off_t size) { return fails(fd) ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return fails(fd) ? -1 : REAL(ftruncate64)(fd, size); }
