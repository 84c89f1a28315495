#![allow(missing_docs, dead_code)]
use mik_sdk::prelude::*;
#[derive(Type)]
struct T0 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c1: Option<T1>,
    c2: Option<T2>,
}
#[derive(Type)]
struct T1 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c3: Option<T3>,
    c4: Option<T4>,
}
#[derive(Type)]
struct T2 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c5: Option<T5>,
    c6: Option<T6>,
}
#[derive(Type)]
struct T3 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c7: Option<T7>,
    c8: Option<T8>,
}
#[derive(Type)]
struct T4 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c9: Option<T9>,
    c10: Option<T10>,
}
#[derive(Type)]
struct T5 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c11: Option<T11>,
    c12: Option<T12>,
}
#[derive(Type)]
struct T6 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c13: Option<T13>,
    c14: Option<T14>,
}
#[derive(Type)]
struct T7 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c15: Option<T15>,
    c16: Option<T16>,
}
#[derive(Type)]
struct T8 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c17: Option<T17>,
    c18: Option<T18>,
}
#[derive(Type)]
struct T9 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c19: Option<T19>,
    c20: Option<T20>,
}
#[derive(Type)]
struct T10 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c21: Option<T21>,
    c22: Option<T22>,
}
#[derive(Type)]
struct T11 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c23: Option<T23>,
    c24: Option<T24>,
}
#[derive(Type)]
struct T12 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c25: Option<T25>,
    c26: Option<T26>,
}
#[derive(Type)]
struct T13 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c27: Option<T27>,
    c28: Option<T28>,
}
#[derive(Type)]
struct T14 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c29: Option<T29>,
    c30: Option<T30>,
}
#[derive(Type)]
struct T15 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c31: Option<T31>,
    c32: Option<T32>,
}
#[derive(Type)]
struct T16 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c33: Option<T33>,
    c34: Option<T34>,
}
#[derive(Type)]
struct T17 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c35: Option<T35>,
    c36: Option<T36>,
}
#[derive(Type)]
struct T18 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c37: Option<T37>,
    c38: Option<T38>,
}
#[derive(Type)]
struct T19 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
    c39: Option<T39>,
}
#[derive(Type)]
struct T20 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T21 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T22 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T23 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T24 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T25 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T26 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T27 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T28 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T29 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T30 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T31 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T32 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T33 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T34 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T35 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T36 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T37 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T38 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
#[derive(Type)]
struct T39 {
    #[field(min = 1, max = 100, docs = "The name of the thing that is meant")]
    name: String,
    count: u32,
    tags: Vec<String>,
    note: Option<String>,
    flag: bool,
}
routes! {
  /// Does the thing number 0
  GET "/things/0/{id}" => h0,
  /// Does the thing number 1
  POST "/things/0/{id}" => h1,
  /// Does the thing number 2
  PUT "/things/0/{id}" => h2,
  /// Does the thing number 3
  GET "/things/1/{id}" => h3,
  /// Does the thing number 4
  POST "/things/1/{id}" => h4,
  /// Does the thing number 5
  PUT "/things/1/{id}" => h5,
  /// Does the thing number 6
  GET "/things/2/{id}" => h6,
  /// Does the thing number 7
  POST "/things/2/{id}" => h7,
  /// Does the thing number 8
  PUT "/things/2/{id}" => h8,
  /// Does the thing number 9
  GET "/things/3/{id}" => h9,
  /// Does the thing number 10
  POST "/things/3/{id}" => h10,
  /// Does the thing number 11
  PUT "/things/3/{id}" => h11,
  /// Does the thing number 12
  GET "/things/4/{id}" => h12,
  /// Does the thing number 13
  POST "/things/4/{id}" => h13,
  /// Does the thing number 14
  PUT "/things/4/{id}" => h14,
  /// Does the thing number 15
  GET "/things/5/{id}" => h15,
  /// Does the thing number 16
  POST "/things/5/{id}" => h16,
  /// Does the thing number 17
  PUT "/things/5/{id}" => h17,
  /// Does the thing number 18
  GET "/things/6/{id}" => h18,
  /// Does the thing number 19
  POST "/things/6/{id}" => h19,
  /// Does the thing number 20
  PUT "/things/6/{id}" => h20,
  /// Does the thing number 21
  GET "/things/7/{id}" => h21,
  /// Does the thing number 22
  POST "/things/7/{id}" => h22,
  /// Does the thing number 23
  PUT "/things/7/{id}" => h23,
  /// Does the thing number 24
  GET "/things/8/{id}" => h24,
  /// Does the thing number 25
  POST "/things/8/{id}" => h25,
  /// Does the thing number 26
  PUT "/things/8/{id}" => h26,
  /// Does the thing number 27
  GET "/things/9/{id}" => h27,
  /// Does the thing number 28
  POST "/things/9/{id}" => h28,
  /// Does the thing number 29
  PUT "/things/9/{id}" => h29,
  /// Does the thing number 30
  GET "/things/10/{id}" => h30,
  /// Does the thing number 31
  POST "/things/10/{id}" => h31,
  /// Does the thing number 32
  PUT "/things/10/{id}" => h32,
  /// Does the thing number 33
  GET "/things/11/{id}" => h33,
  /// Does the thing number 34
  POST "/things/11/{id}" => h34,
  /// Does the thing number 35
  PUT "/things/11/{id}" => h35,
  /// Does the thing number 36
  GET "/things/12/{id}" => h36,
  /// Does the thing number 37
  POST "/things/12/{id}" => h37,
  /// Does the thing number 38
  PUT "/things/12/{id}" => h38,
  /// Does the thing number 39
  GET "/things/13/{id}" => h39,
  /// Does the thing number 40
  POST "/things/13/{id}" => h40,
  /// Does the thing number 41
  PUT "/things/13/{id}" => h41,
  /// Does the thing number 42
  GET "/things/14/{id}" => h42,
  /// Does the thing number 43
  POST "/things/14/{id}" => h43,
  /// Does the thing number 44
  PUT "/things/14/{id}" => h44,
  /// Does the thing number 45
  GET "/things/15/{id}" => h45,
  /// Does the thing number 46
  POST "/things/15/{id}" => h46,
  /// Does the thing number 47
  PUT "/things/15/{id}" => h47,
  /// Does the thing number 48
  GET "/things/16/{id}" => h48,
  /// Does the thing number 49
  POST "/things/16/{id}" => h49,
  /// Does the thing number 50
  PUT "/things/16/{id}" => h50,
  /// Does the thing number 51
  GET "/things/17/{id}" => h51,
  /// Does the thing number 52
  POST "/things/17/{id}" => h52,
  /// Does the thing number 53
  PUT "/things/17/{id}" => h53,
  /// Does the thing number 54
  GET "/things/18/{id}" => h54,
  /// Does the thing number 55
  POST "/things/18/{id}" => h55,
  /// Does the thing number 56
  PUT "/things/18/{id}" => h56,
  /// Does the thing number 57
  GET "/things/19/{id}" => h57,
  /// Does the thing number 58
  POST "/things/19/{id}" => h58,
  /// Does the thing number 59
  PUT "/things/19/{id}" => h59,
}
fn h0(Path(_): Path<u32>) -> Result<Json<T0>, Problem> {
    todo!()
}
fn h1(Path(_): Path<u32>, Json(_): Json<T7>) -> Result<Created<Json<T1>>, Problem> {
    todo!()
}
fn h2(Path(_): Path<u32>, Json(_): Json<T14>) -> Result<Created<Json<T2>>, Problem> {
    todo!()
}
fn h3(Path(_): Path<u32>) -> Result<Json<T3>, Problem> {
    todo!()
}
fn h4(Path(_): Path<u32>, Json(_): Json<T28>) -> Result<Created<Json<T4>>, Problem> {
    todo!()
}
fn h5(Path(_): Path<u32>, Json(_): Json<T35>) -> Result<Created<Json<T5>>, Problem> {
    todo!()
}
fn h6(Path(_): Path<u32>) -> Result<Json<T6>, Problem> {
    todo!()
}
fn h7(Path(_): Path<u32>, Json(_): Json<T9>) -> Result<Created<Json<T7>>, Problem> {
    todo!()
}
fn h8(Path(_): Path<u32>, Json(_): Json<T16>) -> Result<Created<Json<T8>>, Problem> {
    todo!()
}
fn h9(Path(_): Path<u32>) -> Result<Json<T9>, Problem> {
    todo!()
}
fn h10(Path(_): Path<u32>, Json(_): Json<T30>) -> Result<Created<Json<T10>>, Problem> {
    todo!()
}
fn h11(Path(_): Path<u32>, Json(_): Json<T37>) -> Result<Created<Json<T11>>, Problem> {
    todo!()
}
fn h12(Path(_): Path<u32>) -> Result<Json<T12>, Problem> {
    todo!()
}
fn h13(Path(_): Path<u32>, Json(_): Json<T11>) -> Result<Created<Json<T13>>, Problem> {
    todo!()
}
fn h14(Path(_): Path<u32>, Json(_): Json<T18>) -> Result<Created<Json<T14>>, Problem> {
    todo!()
}
fn h15(Path(_): Path<u32>) -> Result<Json<T15>, Problem> {
    todo!()
}
fn h16(Path(_): Path<u32>, Json(_): Json<T32>) -> Result<Created<Json<T16>>, Problem> {
    todo!()
}
fn h17(Path(_): Path<u32>, Json(_): Json<T39>) -> Result<Created<Json<T17>>, Problem> {
    todo!()
}
fn h18(Path(_): Path<u32>) -> Result<Json<T18>, Problem> {
    todo!()
}
fn h19(Path(_): Path<u32>, Json(_): Json<T13>) -> Result<Created<Json<T19>>, Problem> {
    todo!()
}
fn h20(Path(_): Path<u32>, Json(_): Json<T20>) -> Result<Created<Json<T20>>, Problem> {
    todo!()
}
fn h21(Path(_): Path<u32>) -> Result<Json<T21>, Problem> {
    todo!()
}
fn h22(Path(_): Path<u32>, Json(_): Json<T34>) -> Result<Created<Json<T22>>, Problem> {
    todo!()
}
fn h23(Path(_): Path<u32>, Json(_): Json<T1>) -> Result<Created<Json<T23>>, Problem> {
    todo!()
}
fn h24(Path(_): Path<u32>) -> Result<Json<T24>, Problem> {
    todo!()
}
fn h25(Path(_): Path<u32>, Json(_): Json<T15>) -> Result<Created<Json<T25>>, Problem> {
    todo!()
}
fn h26(Path(_): Path<u32>, Json(_): Json<T22>) -> Result<Created<Json<T26>>, Problem> {
    todo!()
}
fn h27(Path(_): Path<u32>) -> Result<Json<T27>, Problem> {
    todo!()
}
fn h28(Path(_): Path<u32>, Json(_): Json<T36>) -> Result<Created<Json<T28>>, Problem> {
    todo!()
}
fn h29(Path(_): Path<u32>, Json(_): Json<T3>) -> Result<Created<Json<T29>>, Problem> {
    todo!()
}
fn h30(Path(_): Path<u32>) -> Result<Json<T30>, Problem> {
    todo!()
}
fn h31(Path(_): Path<u32>, Json(_): Json<T17>) -> Result<Created<Json<T31>>, Problem> {
    todo!()
}
fn h32(Path(_): Path<u32>, Json(_): Json<T24>) -> Result<Created<Json<T32>>, Problem> {
    todo!()
}
fn h33(Path(_): Path<u32>) -> Result<Json<T33>, Problem> {
    todo!()
}
fn h34(Path(_): Path<u32>, Json(_): Json<T38>) -> Result<Created<Json<T34>>, Problem> {
    todo!()
}
fn h35(Path(_): Path<u32>, Json(_): Json<T5>) -> Result<Created<Json<T35>>, Problem> {
    todo!()
}
fn h36(Path(_): Path<u32>) -> Result<Json<T36>, Problem> {
    todo!()
}
fn h37(Path(_): Path<u32>, Json(_): Json<T19>) -> Result<Created<Json<T37>>, Problem> {
    todo!()
}
fn h38(Path(_): Path<u32>, Json(_): Json<T26>) -> Result<Created<Json<T38>>, Problem> {
    todo!()
}
fn h39(Path(_): Path<u32>) -> Result<Json<T39>, Problem> {
    todo!()
}
fn h40(Path(_): Path<u32>, Json(_): Json<T0>) -> Result<Created<Json<T0>>, Problem> {
    todo!()
}
fn h41(Path(_): Path<u32>, Json(_): Json<T7>) -> Result<Created<Json<T1>>, Problem> {
    todo!()
}
fn h42(Path(_): Path<u32>) -> Result<Json<T2>, Problem> {
    todo!()
}
fn h43(Path(_): Path<u32>, Json(_): Json<T21>) -> Result<Created<Json<T3>>, Problem> {
    todo!()
}
fn h44(Path(_): Path<u32>, Json(_): Json<T28>) -> Result<Created<Json<T4>>, Problem> {
    todo!()
}
fn h45(Path(_): Path<u32>) -> Result<Json<T5>, Problem> {
    todo!()
}
fn h46(Path(_): Path<u32>, Json(_): Json<T2>) -> Result<Created<Json<T6>>, Problem> {
    todo!()
}
fn h47(Path(_): Path<u32>, Json(_): Json<T9>) -> Result<Created<Json<T7>>, Problem> {
    todo!()
}
fn h48(Path(_): Path<u32>) -> Result<Json<T8>, Problem> {
    todo!()
}
fn h49(Path(_): Path<u32>, Json(_): Json<T23>) -> Result<Created<Json<T9>>, Problem> {
    todo!()
}
fn h50(Path(_): Path<u32>, Json(_): Json<T30>) -> Result<Created<Json<T10>>, Problem> {
    todo!()
}
fn h51(Path(_): Path<u32>) -> Result<Json<T11>, Problem> {
    todo!()
}
fn h52(Path(_): Path<u32>, Json(_): Json<T4>) -> Result<Created<Json<T12>>, Problem> {
    todo!()
}
fn h53(Path(_): Path<u32>, Json(_): Json<T11>) -> Result<Created<Json<T13>>, Problem> {
    todo!()
}
fn h54(Path(_): Path<u32>) -> Result<Json<T14>, Problem> {
    todo!()
}
fn h55(Path(_): Path<u32>, Json(_): Json<T25>) -> Result<Created<Json<T15>>, Problem> {
    todo!()
}
fn h56(Path(_): Path<u32>, Json(_): Json<T32>) -> Result<Created<Json<T16>>, Problem> {
    todo!()
}
fn h57(Path(_): Path<u32>) -> Result<Json<T17>, Problem> {
    todo!()
}
fn h58(Path(_): Path<u32>, Json(_): Json<T6>) -> Result<Created<Json<T18>>, Problem> {
    todo!()
}
fn h59(Path(_): Path<u32>, Json(_): Json<T13>) -> Result<Created<Json<T19>>, Problem> {
    todo!()
}
#[test]
fn x() {
    println!("{}", handle as fn(Request) -> Response as usize);
}
