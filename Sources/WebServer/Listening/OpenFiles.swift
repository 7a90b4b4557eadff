#if canImport(Glibc)
    import Glibc
#endif

/// The process's limit of open files.
enum OpenFiles {
    /// Kept for everything that is no connection: database, certificates, logs.
    static let reserve = 256

    /// Raises the soft limit to the hard one. Returns how many connections fit, at least 64.
    static func connectionsThatFit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return max(64, Int(clamping: limit.rlim_cur) - reserve)
    }
}
