/// Bytes for people.
enum Size {
    static func text(_ bytes: Int64) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1_024, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        let number = unit == 0 || value >= 100 ? "\(Int(value))" : "\(Double(Int(value * 10)) / 10)"
        return "\(number) \(units.indices.contains(unit) ? units[unit] : "")"
    }
}
