package import Logging
package import Storage

#if canImport(Glibc)
    import Glibc
#endif

/// The end of a process whose disk failed under a write: nothing more is acknowledged, and the next process reads what is really there.
package enum DiskFailure {
    /// EX_IOERR of sysexits(3).
    package static let exitCode: Int32 = 74

    /// Says so and ends the process at once, without tidying up: every further write could only do harm.
    package static func end(_ error: StorageError, _ logger: Logger) -> Never {
        logger.critical(
            "the disk failed under a write; this process ends so that nothing is acknowledged that is not stored",
            metadata: ["error": "\(error)", "exit": "\(exitCode)", "remedy": "look at the kernel's log (dmesg) and at the disk's health"])
        _exit(exitCode)
    }
}
