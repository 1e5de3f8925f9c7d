/* A disk that fails, or a process that is killed, at the n-th change below a folder. Preloaded (LD_PRELOAD) into a
   command by tests/integration/faults.py. Every number and path comes from the environment:

   FAULT_ROOT   the folder whose changes count
   FAULT_AT     which change, counted from 1; 0: none, they are only counted
   FAULT_KIND   full: this change and all after it find no space; once: this one alone; kill: the process is killed
                before it
   FAULT_COUNT  a file to which each process adds the number of its changes when it ends */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long changes = 0;
__attribute__((destructor)) static void end(void) {
    const char *path = getenv("FAULT_COUNT");
    FILE *stream = path == NULL ? NULL : fopen(path, "a");
    if (stream == NULL) return;
    fprintf(stream, "%ld\n", changes);
    fclose(stream);
}

/* Whether this change fails; it may not return at all. */
static int fails(const char *path) {
    const char *root = getenv("FAULT_ROOT");
    if (root == NULL || path == NULL || strncmp(path, root, strlen(root)) != 0) return 0;
    long at = atol(getenv("FAULT_AT"));
    const char *kind = getenv("FAULT_KIND");
    long number = __sync_add_and_fetch(&changes, 1);
    if (at == 0 || number < at || (number > at && strcmp(kind, "full") != 0)) return 0;
    if (strcmp(kind, "kill") == 0) kill(getpid(), SIGKILL);
    errno = ENOSPC;
    return 1;
}

static int file_fails(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(path);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    return file > 2 && file_fails(file) ? -1 : real(file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    REAL(pwrite);
    return file_fails(file) ? -1 : real(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    REAL(pwrite64);
    return file_fails(file) ? -1 : real(file, bytes, count, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(writev);
    return file > 2 && file_fails(file) ? -1 : real(file, parts, count);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    return fails(to) ? -1 : real(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    REAL(renameat);
    return fails(to) ? -1 : real(from_folder, from, to_folder, to);
}

int unlink(const char *path) {
    REAL(unlink);
    return fails(path) ? -1 : real(path);
}

int symlink(const char *target, const char *path) {
    REAL(symlink);
    return fails(path) ? -1 : real(target, path);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    return fails(path) ? -1 : real(path, mode);
}
