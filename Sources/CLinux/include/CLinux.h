// What Linux has and Swift's Glibc module doesn't show, because it hides behind _GNU_SOURCE or is variadic. No logic.
#ifndef SWITCHBOARD_CLINUX_H
#define SWITCHBOARD_CLINUX_H

#include <stdint.h>

/// A signal that was waiting in a signalfd.
struct clinux_signal {
    int32_t number;
    /// si_code: 0 (SI_USER) and below come from a process, above from the kernel.
    int32_t code;
    int32_t sender;
    uint32_t sender_uid;
};

/// Blocks these signals; a descriptor that is readable while one of them is pending. -1 and errno.
int clinux_signalfd(const int *signals, int count);
/// 1 when one was there, 0 when none is, -1 and errno.
int clinux_signalfd_read(int descriptor, struct clinux_signal *found);
/// Anonymous memory with a descriptor, closed on exec; -1 and errno.
int clinux_memfd(const char *name);
/// Orphans of our children become ours (PR_SET_CHILD_SUBREAPER); -1 and errno.
int clinux_subreaper(void);
/// Whether this process may be traced or leave a core (PR_SET_DUMPABLE); -1 and errno.
int clinux_set_dumpable(int yes);
/// pipe2(2) with O_CLOEXEC; -1 and errno.
int clinux_pipe(int ends[2]);
/// accept4(2) with SOCK_CLOEXEC and SOCK_NONBLOCK; -1 and errno.
int clinux_accept(int listener);
/// Who is at the other end of a unix socket (SO_PEERCRED); -1 and errno.
int clinux_peer(int socket, int32_t *process, uint32_t *user);
/// Sets FD_CLOEXEC on every descriptor from `first` on; -1 and errno.
int clinux_close_on_exec_from(unsigned int first);
/// gettid(2), asked once a thread.
int32_t clinux_thread_id(void);

/// A signal that `clinux_catch` caught. The sender's command line is read in the handler itself: many senders are gone a moment later.
struct clinux_caught {
    int32_t number;
    /// si_code: 0 (SI_USER) and below come from a process, above from the kernel.
    int32_t code;
    /// 0: the kernel, or a process outside of our process namespace.
    int32_t sender;
    uint32_t user;
    /// 0: it could not be read.
    uint32_t command_length;
    /// As in /proc/<pid>/cmdline: zeros between the words.
    char command[256];
};
/// From now on each of these signals is written, whole, to this pipe; -1 and errno. Also unblocks them on the calling thread.
int clinux_catch(const int *signals, int count, int pipe_end);
/// Waits for the next one; 1, or 0 when there will be none.
int clinux_caught_next(int pipe_end, struct clinux_caught *caught);
/// Ends this process by the signal's default action, as if it had never been caught. Does not return.
void clinux_end_by(int number);

/// The name by which this program was started (AT_EXECFN of getauxval(3)); NULL where the kernel doesn't say.
const char *clinux_exec_name(void);
/// open(2) with O_PATH and O_CLOEXEC: a handle of a file, whatever its name comes to mean; -1 and errno.
int clinux_open_path(const char *path);

/// tgkill(2): a signal to one thread; -1 and errno.
int clinux_signal_thread(int32_t process, int32_t thread, int number);

/// The commit that this program was built from, as far as the build knew: 40 hex digits or "unknown".
const char *clinux_commit(void);
/// 1 when files differed from that commit.
int clinux_is_dirty(void);
/// The Swift compiler's version.
const char *clinux_compiler(void);

#endif
