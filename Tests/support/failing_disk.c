/* A disk that fails: preloaded into the real program, it counts what that does to files below one folder and, at the n-th of these steps,
   kills the process in the middle of it or refuses it and all that follow.

   DISK_FOLDER  files below it are counted
   DISK_FAULT   kill | eio | enospc; nothing: only count
   DISK_AT      from which step on, counted from 1
   DISK_TRACE   a file that gets a line for each step */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long steps;

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

static int below(const char *path) {
    const char *folder = setting("DISK_FOLDER");
    return *folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int below_file(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t count = readlink(link, path, sizeof path - 1);
    if (count <= 0) return 0;
    path[count] = 0;
    return below(path);
}

static void trace(const char *what, const char *name) {
    const char *path = setting("DISK_TRACE");
    if (!*path) return;
    char line[4200];
    int length = snprintf(line, sizeof line, "%s %s\n", what, name);
    long file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return;
    syscall(SYS_write, file, line, (size_t)length);
    syscall(SYS_close, file);
}

enum verdict { go_on, die, refuse };

static enum verdict judge(const char *what, const char *name, int writes) {
    long step = atomic_fetch_add(&steps, 1) + 1;
    trace(what, name);
    const char *fault = setting("DISK_FAULT");
    if (!*fault || step < atol(setting("DISK_AT"))) return go_on;
    if (!strcmp(fault, "kill")) return die;
    if (!strcmp(fault, "eio")) { errno = EIO; return refuse; }
    if (!writes) return go_on;
    errno = ENOSPC;
    return refuse;
}

static void end(void) { kill(getpid(), SIGKILL); pause(); }

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
/* Half of a write before the end: what a torn one leaves. */
#define WRITING(name, call_half, call) \
    REAL(name); \
    if (!below_file(file)) return call; \
    switch (judge(#name, "", 1)) { \
    case die: if (size > 1) (void)!call_half; end(); return -1; \
    case refuse: return -1; \
    default: return call; }

ssize_t write(int file, const void *bytes, size_t size) { WRITING(write, real(file, bytes, size / 2), real(file, bytes, size)) }
ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) { WRITING(pwrite, real(file, bytes, size / 2, at), real(file, bytes, size, at)) }
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) { WRITING(pwrite64, real(file, bytes, size / 2, at), real(file, bytes, size, at)) }

#define STEP(name, is_below, path, writes, call) \
    REAL(name); \
    if (!(is_below)) return call; \
    switch (judge(#name, path, writes)) { \
    case die: end(); return -1; \
    case refuse: return -1; \
    default: return call; }

int fsync(int file) { STEP(fsync, below_file(file), "", 0, real(file)) }
int fdatasync(int file) { STEP(fdatasync, below_file(file), "", 0, real(file)) }
int ftruncate(int file, off_t size) { STEP(ftruncate, below_file(file), "", 0, real(file, size)) }
int ftruncate64(int file, off64_t size) { STEP(ftruncate64, below_file(file), "", 0, real(file, size)) }
int rename(const char *from, const char *to) { STEP(rename, below(from) || below(to), to, 0, real(from, to)) }
int unlink(const char *path) { STEP(unlink, below(path), path, 0, real(path)) }
int rmdir(const char *path) { STEP(rmdir, below(path), path, 0, real(path)) }
int mkdir(const char *path, mode_t mode) { STEP(mkdir, below(path), path, 1, real(path, mode)) }
