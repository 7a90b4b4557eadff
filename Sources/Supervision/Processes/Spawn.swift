import Glibc
import Host

/// Starts this program again, in another role, or another release of it.
struct Spawn {
    /// Arguments after the program's name.
    var arguments: [String]
    /// What the child finds as its descriptors 3, 4, 5 …, in this order.
    var descriptors: [Int32] = []
    /// Variables that are set besides ours.
    var environment: [String: String] = [:]
    /// What it finds as its standard output; nil: ours.
    var output: Int32?
    /// A handle of the file to start; nil: this program.
    var program: Int32?
    /// A session of signals of its own: Ctrl-C at the terminal is for us to hear, and we tell it.
    var hasOwnGroup = true

    /// Variables that were meant for us alone.
    private static let ours: Set<String> = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]

    /// - Returns: the child's number.
    func run() -> Result<Int32, SpawnFailure> {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // Copies far away from where they go, so that none is overwritten by one before it.
        let copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
        defer { for copy in copies where copy >= 0 { close(copy) } }
        guard !copies.contains(where: { $0 < 0 }) else { return .failure(SpawnFailure(number: errno)) }
        for (index, copy) in copies.enumerated() { posix_spawn_file_actions_adddup2(&actions, copy, Int32(3 + index)) }
        // Onto itself: it stays open then (posix_spawn_file_actions_adddup2(3)).
        if let program { posix_spawn_file_actions_adddup2(&actions, program, program) }
        if let output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
        prepare(&attributes)
        return start(&actions, &attributes)
    }

    private func prepare(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for number in [SIGPIPE, SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1] { sigaddset(&usual, number) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        var flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        if hasOwnGroup {
            flags |= Int16(POSIX_SPAWN_SETPGROUP)
            posix_spawnattr_setpgroup(&attributes, 0)
        }
        posix_spawnattr_setflags(&attributes, flags)
    }

    private func start(_ actions: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t) -> Result<Int32, SpawnFailure> {
        var words: [UnsafeMutablePointer<CChar>?] = (["switchboard"] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = inherited().map { strdup($0) } + [nil]
        defer {
            for word in words + variables { free(word) }
        }
        var process: pid_t = 0
        let failure = posix_spawn(&process, program.map { "/proc/self/fd/\($0)" } ?? Self.own, &actions, &attributes, &words, &variables)
        return failure == 0 ? .success(process) : .failure(SpawnFailure(number: failure))
    }

    private func inherited() -> [String] {
        var all: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            let name = String(variable.prefix { $0 != "=" })
            if !Self.ours.contains(name), environment[name] == nil { all.append(variable) }
            entry += 1
        }
        return all + environment.map { "\($0.key)=\($0.value)" }
    }

    /// By its name, so that tools show it; by the kernel's handle where another release lies under that name now.
    private static var own: String {
        let handle = "/proc/self/exe"
        guard let path = ProcFile.link(handle) else { return handle }
        var (named, own) = (stat(), stat())
        guard stat(path, &named) == 0, stat(handle, &own) == 0, named.st_ino == own.st_ino, named.st_dev == own.st_dev else {
            return handle
        }
        return path
    }
}

/// The system did not give a process.
struct SpawnFailure: Error, CustomStringConvertible {
    let number: Int32

    var description: String { String(cString: strerror(number)) }
}
