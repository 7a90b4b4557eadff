import Glibc

/// Why there is no black box.
package enum BlackBoxError: Error, Equatable, CustomStringConvertible {
    /// The descriptor is none, or its file is too small.
    case unusable
    /// The system maps no memory (an `errno`).
    case notMapped(Int32)

    package var code: String {
        switch self {
        case .unusable: "black_box.unusable"
        case .notMapped: "black_box.not_mapped"
        }
    }

    package var description: String {
        switch self {
        case .unusable: "the black box that was handed over is none"
        case .notMapped(let code): "the black box could not be mapped: \(String(cString: strerror(code)))"
        }
    }
}
