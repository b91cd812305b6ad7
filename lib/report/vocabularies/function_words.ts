import { type Vocabulary, vocabulary } from "./definition.ts";

/**
 * What the names of Rasa's own functions are made of, beside the words in its modules' names. These are words of
 * programming and of dialogue engines; what assistants are about (goods, money, people) is left out on purpose, so
 * that an intent's or a flow's name can't pass as a function's.
 */
export const FUNCTION_WORD: Vocabulary = vocabulary(
  "The public source of the rasa package: words in the names of its functions and methods",
  `
  abort abs active activate add added adjust after aggregate all allowed already and annotate any app append apply
  archive are arg args argument array as assert assign async at attach attribute attributes augment available average
  await backend base batch batches before begin between binary block body bool bot buffer build builder by bytes
  cache cached calculate callable can candidates cast catch chain change changed char check checkpoint child children
  choose chunk class classes classify clean cleanup clear cli client close code coerce collector combine compare
  compile complete compute condition conditions configure confidence conflict connect connection construct consume
  contains content context continue contributing conversion copy core cost count counter create creation credentials
  current cursor
  debug decay decode decorate default defaults define delete dense depth deprecated deserialize destination detect
  diagnostic dict diet difference dim dimension directory disable discard dispatch do document documents does drop dump
  dumps duplicate duplicates
  edge edges either element elements emit empty enable encode encoder entities entity entry enter enum epoch epochs
  error errors eval evaluator event example examples exclude execute execution executor exist existing exists exit
  expand expected expire explicit extend extension extract extracted
  fail failed failure fallback feature featurize fetch field fields filename fill fills filter final finalize find
  fingerprint finish first fit fix flag flat flatten float fold folder for force form format formatted found frame from
  full func function
  gather generate generic get getter given global group guess
  handle handler has hash head header headers hidden histogram history hook http
  id identifier ids if ignore ignored import in include increment index indices info infer inference init initial
  initialize inner input inputs insert inspect instance instantiate instruction int intent intents interpolate into
  invalid invalidate invoke is iterable item items iterator iter
  job join json
  keep key keys keyword known kwargs
  label labels lambda last latest latency layer lazy leaf length level limit line lines list listen listener
  listeners load loaded local locale log logger logging logits lookup loop loss lower
  main make manager map mapping mark mask masked match matching max maybe measure memory merge messages meta metadata
  method methods metric middle migrate min minimum missing mode module move multi multiple
  name named names needed negative nested new next node nodes none normalize not nothing notify num number
  object of offset old on once only open optimizer option optional options or original out outer output outputs
  overlap override overwrite
  pack package pad padding pair parallel param parameter parameters params parent parse parser part partial path
  paths pattern payload perform period persist pickle pipeline point policy pool pop position positive possible post
  postprocess pre predict predicted prediction predictions prefix preload prepare preprocess present pretty previous
  print priority probabilities probability process produce progress project prompt properties property publish pull push
  put query queue quit
  raise random range rank rate raw read reader ready rebuild receive recent reconnect record recover recursive redirect
  reduce refresh regex register registered reject release reload remaining remote remove rename render repeated rephrase
  replace reply report repr request requested require required requirements requires reset resolve responses rest
  restore result results retrieve retry return returned revert rewind role roles root route routes row rows rule rules
  safe same sample samples sanitize save scale schedule scheduler schema score scores select selected self send sender
  separate sequence serialise serialize serve session set setting settings setup several shape should shuffle shut
  shutdown signal similar similarity simple single size skip sleep slice slot sort source span sparse spec special split
  stage start started startup state states static statistics stats status step stop stopped storage store stored stories
  story stream streaming string strip style sub subclass submit success suffix summary supported supports switch sync
  synonym system
  table tables tag tags tail take target task tasks teardown template templates temporary tensor tensors test tests
  text texts than the thread threshold time timed timeout timer to token tokenize tokens tool tools top total trace
  track tracker trained trainer transform transition traverse tree trigger triggered trim try tuple turn type
  unarchive unfeaturize unique unknown unpack unset unsupported until update updated upgrade upper uploaded url
  usage use used user uses using utter utterance
  valid validate validated value values vector verify version via view visit
  wait wake warm warn warning warnings was webhook weight weights when where whether whitespace with within without word
  words work worker workers wrap wrapper write writer
  call enter exit str eq ne lt le gt ge len iter next new del bool contains getattr setattr getitem setitem delitem
  getstate setstate reduce aenter aexit aiter anext post subclass missing
  deinit uri uuid ssl sdk orm http https rpc grpc sse ws api cpu gpu tf np df md csv xml html nlg llm llms
  ted crf rnn bert e2e bilou iou sanic celery redis mongo mongod dynamo postgres
  0 1 2 3 v1 v2 v3
  `,
);
