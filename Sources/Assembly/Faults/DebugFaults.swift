#if DEBUG
    import BlackBox
    import Glibc

    /// The faults themselves. Each ends the process or a part of it for good: nothing here is ever compiled into a release.
    enum DebugFaults {
        private static var wanted: [String] {
            getenv("SWITCHBOARD_FAULT").map { String(cString: $0).split(separator: ":").map(String.init) } ?? []
        }

        /// The server's own request gets no answer.
        static var isMute: Bool { wanted == ["mute", "ready"] }

        static func enter(_ stage: StartStage, refuse: (Int32, String) -> Void) {
            let words = wanted
            // The stand-in is to answer while the others die.
            guard words.count >= 2, words[1] == stage.name, !CommandLine.arguments.contains("apology") else { return }
            switch words[0] {
            case "trap": trap(at: Int(getpid()))
            case "hang": hang(seconds: 3_600)
            case "refuse":
                let code = words.dropFirst(2).first.flatMap { Int32($0) } ?? 70
                refuse(code, "a refusal on purpose in stage \(stage.name)")
                _exit(code)
            default: break
            }
        }

        static func work(_ part: OptionalPart) {
            guard let wanted = getenv("SWITCHBOARD_FAULT"), String(cString: wanted) == "part:\(part.rawValue)" else { return }
            trap(at: Int(getpid()))
        }

        /// An index out of range, as a careless handler has it.
        @inline(never)
        static func trap(at index: Int) {
            let values = [1, 2, 3]
            print(values[index + values.count])
        }

        /// Calls itself until the stack is full.
        @inline(never)
        static func stack(_ depth: Int) -> Int {
            withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 8) { place in
                place[0] = UInt8(truncatingIfNeeded: depth)
                return stack(depth + 1) + Int(place[0])
            }
        }

        /// Takes memory until somebody ends it. It asks the kernel to be the one that is ended.
        static func memory() {
            let wish = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
            if wish >= 0 {
                _ = write(wish, "1000", 4)
                close(wish)
            }
            var taken: [UnsafeMutableRawPointer] = []
            while let more = malloc(64 << 20) {
                memset(more, 1, 64 << 20)
                taken.append(more)
            }
            // Under a limit of address space the system says no, and Swift's own next allocation ends the process.
            var rest: [[UInt8]] = []
            while true { rest.append([UInt8](repeating: 1, count: 1 << 20)) }
        }

        /// Waits for a lock that nobody will ever let go.
        @inline(never)
        static func wait() {
            let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
            pthread_mutex_init(lock, nil)
            pthread_mutex_lock(lock)
            pthread_mutex_lock(lock)
        }

        /// Holds the thread.
        @inline(never)
        static func hang(seconds: Int) {
            // Not sleep(3): that uses the register by which callers are found.
            poll(nil, 0, Int32(clamping: seconds * 1_000))
        }
    }
#endif
