import Vocabulary

/// Figures as people read them.
enum WhyFigure {
    /// KiB.
    static func memory(_ kibibytes: Int64) -> String {
        kibibytes < 10 * 1_024 ? "\(kibibytes) KiB" : kibibytes < 10 << 20 ? "\(kibibytes / 1_024) MiB" : "\(kibibytes / (1 << 20)) GiB"
    }

    /// Bytes.
    static func size(_ bytes: Int64) -> String {
        bytes < 10 * 1_024 ? "\(bytes) B" : memory(bytes / 1_024)
    }

    /// Milliseconds: `820 ms`, `5.2 s`, `3 min 12 s`, `4 h 05 min`, `9 d 4 h`.
    static func lapse(_ milliseconds: Int64, in language: CrashLanguage) -> String {
        let unit = { (english: String, chinese: String) in language == .english ? " " + english : " " + chinese }
        let seconds = milliseconds / 1_000
        switch milliseconds {
        case ..<1_000: return "\(max(0, milliseconds))" + unit("ms", "毫秒")
        case ..<60_000: return "\(seconds).\(milliseconds % 1_000 / 100)" + unit("s", "秒")
        case ..<3_600_000: return "\(seconds / 60)" + unit("min", "分") + " \(seconds % 60)" + unit("s", "秒")
        case ..<86_400_000: return "\(seconds / 3_600)" + unit("h", "小时") + " \(seconds / 60 % 60)" + unit("min", "分")
        default: return "\(seconds / 86_400)" + unit("d", "天") + " \(seconds / 3_600 % 24)" + unit("h", "小时")
        }
    }

    /// `2026-11-21 18:02:11 UTC`.
    static func moment(_ milliseconds: Int64) -> String {
        let text = Timestamp(milliseconds: milliseconds).rfc3339
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " UTC"
    }
}
