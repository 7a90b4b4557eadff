import Logging
import WebServer

#if canImport(Glibc)
    import Glibc
#endif

/// The end of a server that listens and does not answer its own request.
enum Unanswered {
    /// "the server started but did not become ready", see `ExitTable`.
    private static let exitCode: Int32 = 83

    /// Says so and ends the process at once: what does not answer may not come to an orderly end either.
    static func end(_ error: WebServerError, life: WorkerLife, _ logger: Logger) -> Never {
        let sentence = "\(error) [\(error.code)]"
        logger.critical("the server did not become ready", metadata: ["error": "\(sentence)", "exit": "\(exitCode)"])
        life.refuse(exitCode, sentence)
        _exit(exitCode)
    }
}
