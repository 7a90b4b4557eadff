import BlackBox
import Gauges
import Glibc
import Host

/// The figures of this process under the names that Prometheus's own client libraries give them
/// (prometheus.io/docs/instrumenting/writing_clientlibs, "Process metrics").
enum ProcessFigures {
    static func write(to page: inout Exposition) {
        let use = ResourceUse.own
        page.add(
            "process_cpu_seconds_total", .counter, "Time on the processors, user and system.",
            Double(use.userMilliseconds + use.systemMilliseconds) / 1_000)
        let sizes = (ProcFile.text("/proc/self/statm") ?? "").split(separator: " ").compactMap { Double($0) }
        let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
        if let virtual = sizes.first, let resident = sizes.dropFirst().first {
            page.add("process_virtual_memory_bytes", .gauge, "Address space.", virtual * pageSize)
            page.add("process_resident_memory_bytes", .gauge, "Memory that is held.", resident * pageSize)
        }
        page.add("process_open_fds", .gauge, "Open descriptors.", Double(ProcFile.numbers(in: "/proc/self/fd").count))
        if let most = ResourceLimit.read(.openFiles)?.soft {
            page.add("process_max_fds", .gauge, "Descriptors that may be open.", Double(most))
        }
        page.add("process_threads", .gauge, "Threads.", Double(ProcFile.numbers(in: "/proc/self/task").count))
        if let started = ProcessFacts.read(getpid())?.startedAt {
            page.add("process_start_time_seconds", .gauge, "When this worker began, in seconds since 1970.", Double(started) / 1_000)
        }
        writeBeats(to: &page)
        if let memory = CgroupMemory.read(), let limit = memory.limit {
            page.add("switchboard_memory_limit_bytes", .gauge, "What the control group allows.", Double(limit))
        }
    }

    /// Signs of life: what stands still for seconds is stuck.
    private static func writeBeats(to page: inout Exposition) {
        let now = Moment.steady
        let ages = BlackBox.writer.memory.vitals()?.heartbeats.map {
            (labels: [("part", $0.name)], value: Double(max(0, now - $0.last)) / 1_000)
        }
        page.add("switchboard_heartbeat_age_seconds", .gauge, "Since the last sign of life of each part that must keep going.", ages ?? [])
    }
}
