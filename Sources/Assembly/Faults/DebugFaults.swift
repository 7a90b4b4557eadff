#if DEBUG
    import BlackBox
    import Glibc

    /// The faults themselves. Each ends the process or a part of it for good: nothing here is ever compiled into a release.
    enum DebugFaults {
        static func enter(_ stage: StartStage) {
            guard let wanted = getenv("SWITCHBOARD_FAULT") else { return }
            let words = String(cString: wanted).split(separator: ":")
            guard words.count == 2, words[1] == stage.name else { return }
            switch words[0] {
            case "trap": trap(at: Int(getpid()))
            case "hang": hang(seconds: 3_600)
            default: break
            }
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
            abort()
        }

        /// Holds the thread.
        static func hang(seconds: Int) {
            sleep(UInt32(clamping: seconds))
        }
    }
#endif
