-- JSON arguments: what JavaScript calls null is nil here.
local function json(text)
  local value = cjson.decode(text)
  local function clean(at)
    for key, inner in pairs(at) do
      if inner == cjson.null then
        at[key] = nil
      elseif type(inner) == "table" then
        clean(inner)
      end
    end
    return at
  end
  return clean(value)
end
