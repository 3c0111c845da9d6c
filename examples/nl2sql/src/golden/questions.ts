/**
 * Forty questions with the SQL that answers them. The simulated provider knows them by heart, so offline they test the pipeline,
 * not a model's skill; with a real provider they are a test of that, too.
 */

export interface Golden {
  readonly question: string;
  readonly sql: string;
}

const revenue = "sum(i.quantity * i.unit_price)";
const sold = "items i join orders o on o.id = i.order_id";
const notCancelled = "o.status <> 'cancelled'";

export const GOLDEN: readonly Golden[] = [
  { question: "How many customers do we have?", sql: "select count(*) as customers from customers" },
  {
    question: "How many orders were placed in 2024?",
    sql: "select count(*) as orders from orders where extract(year from ordered_on) = 2024",
  },
  {
    question: "What was the revenue in 2025?",
    sql: `select round(${revenue}, 2) as revenue from ${sold} where ${notCancelled} and extract(year from o.ordered_on) = 2025`,
  },
  {
    question: "Show revenue by month in 2025",
    sql: `select date_trunc('month', o.ordered_on)::date as month, round(${revenue}, 2) as revenue from ${sold} where ${notCancelled} and o.ordered_on between '2025-01-01' and '2025-12-31' group by 1 order by 1`,
  },
  {
    question: "Top 5 products by revenue",
    sql: `select p.name, round(${revenue}, 2) as revenue from ${sold} join products p on p.id = i.product_id where ${notCancelled} group by p.id, p.name order by revenue desc, p.name limit 5`,
  },
  {
    question: "Top 10 customers by revenue",
    sql: `select c.name, round(${revenue}, 2) as revenue from ${sold} join customers c on c.id = o.customer_id where ${notCancelled} group by c.id, c.name order by revenue desc, c.name limit 10`,
  },
  {
    question: "Revenue by category",
    sql: `select k.name as category, round(${revenue}, 2) as revenue from ${sold} join products p on p.id = i.product_id join categories k on k.id = p.category_id where ${notCancelled} group by k.name order by revenue desc`,
  },
  {
    question: "Revenue by country",
    sql: `select c.country, round(${revenue}, 2) as revenue from ${sold} join customers c on c.id = o.customer_id where ${notCancelled} group by c.country order by revenue desc`,
  },
  {
    question: "Orders by status",
    sql: "select status, count(*) as orders from orders group by status order by orders desc, status",
  },
  {
    question: "Orders by channel",
    sql: "select channel, count(*) as orders from orders group by channel order by orders desc",
  },
  {
    question: "What is the average order value?",
    sql: `select round(avg(t.total), 2) as average from (select ${revenue} as total from ${sold} where ${notCancelled} group by o.id) t`,
  },
  {
    question: "Average order value by customer segment",
    sql: `select t.segment, round(avg(t.total), 2) as average from (select c.segment, ${revenue} as total from ${sold} join customers c on c.id = o.customer_id where ${notCancelled} group by o.id, c.segment) t group by t.segment order by t.segment`,
  },
  { question: "Which products are out of stock?", sql: "select name from products where stock = 0 order by name" },
  {
    question: "Which products have fewer than 20 pieces in stock?",
    sql: "select name, stock from products where stock < 20 order by stock, name",
  },
  {
    question: "Which products have never been returned?",
    sql: "select p.name from products p where not exists (select 1 from items i join returns r on r.item_id = i.id where i.product_id = p.id) order by p.name limit 20",
  },
  { question: "Which products are discontinued?", sql: "select name from products where discontinued order by name" },
  {
    question: "What are the reasons for returns?",
    sql: "select reason, count(*) as returns from returns group by reason order by returns desc, reason",
  },
  {
    question: "What is the return rate by category?",
    sql: "select k.name as category, round(100.0 * count(r.id) / count(*), 2) as percent from items i join products p on p.id = i.product_id join categories k on k.id = p.category_id left join returns r on r.item_id = i.id group by k.name order by k.name",
  },
  {
    question: "How much was refunded in 2024?",
    sql: "select round(sum(refund), 2) as refunded from returns where returned_on between '2024-01-01' and '2024-12-31'",
  },
  {
    question: "Which payment methods are used most?",
    sql: "select method, count(*) as payments from payments group by method order by payments desc",
  },
  {
    question: "How much was paid by invoice in 2025?",
    sql: "select round(sum(amount), 2) as paid from payments where method = 'invoice' and extract(year from paid_on) = 2025",
  },
  {
    question: "How long does it take on average until an order is paid?",
    sql: "select round(avg(p.paid_on - o.ordered_on), 1) as days from payments p join orders o on o.id = p.order_id",
  },
  {
    question: "How many orders are unpaid?",
    sql: "select count(*) as orders from orders o where o.status <> 'cancelled' and not exists (select 1 from payments p where p.order_id = o.id)",
  },
  {
    question: "Which employees sold the most?",
    sql: `select e.name, round(${revenue}, 2) as revenue from ${sold} join employees e on e.id = o.employee_id where ${notCancelled} group by e.id, e.name order by revenue desc, e.name`,
  },
  {
    question: "How many employees are in each department?",
    sql: "select department, count(*) as employees from employees group by department order by department",
  },
  {
    question: "Who reports to whom?",
    sql: "select e.name as employee, m.name as manager from employees e join employees m on m.id = e.manager_id order by m.name, e.name, e.id",
  },
  {
    question: "Who was hired before 2019?",
    sql: "select name, hired_on from employees where hired_on < '2019-01-01' order by hired_on, name",
  },
  {
    question: "How many customers are there in each city?",
    sql: "select city, count(*) as customers from customers group by city order by customers desc, city",
  },
  {
    question: "How many customers joined each year?",
    sql: "select extract(year from joined_on) as year, count(*) as customers from customers group by 1 order by 1",
  },
  {
    question: "Which customers have never ordered?",
    sql: "select c.name from customers c left join orders o on o.customer_id = c.id where o.id is null order by c.name, c.id limit 50",
  },
  {
    question: "Which customers ordered more than 40 times?",
    sql: "select c.name, count(*) as orders from customers c join orders o on o.customer_id = c.id group by c.id, c.name having count(*) > 40 order by orders desc, c.name",
  },
  {
    question: "Which suppliers have the best rating?",
    sql: "select name from suppliers where rating = (select max(rating) from suppliers) order by name",
  },
  {
    question: "How many products does each supplier deliver?",
    sql: "select s.name, count(p.id) as products from suppliers s left join products p on p.supplier_id = s.id group by s.id, s.name order by products desc, s.name",
  },
  {
    question: "Which products have the highest margin?",
    sql: "select name, round(price - cost, 2) as margin from products order by price - cost desc, name limit 10",
  },
  {
    question: "What is the value of the stock by category?",
    sql: "select k.name as category, round(sum(p.stock * p.cost), 2) as value from products p join categories k on k.id = p.category_id group by k.name order by value desc",
  },
  {
    question: "What is the best month of each year by revenue?",
    sql: `with m as (select extract(year from o.ordered_on) as year, extract(month from o.ordered_on) as month, ${revenue} as revenue from ${sold} where ${notCancelled} group by 1, 2), r as (select year, month, revenue, rank() over (partition by year order by revenue desc) as place from m) select year, month, round(revenue, 2) as revenue from r where place = 1 order by year`,
  },
  {
    question: "How did revenue grow from year to year?",
    sql: `with y as (select extract(year from o.ordered_on) as year, ${revenue} as revenue from ${sold} where ${notCancelled} group by 1) select year, round(revenue, 2) as revenue, round(revenue - lag(revenue) over (order by year), 2) as growth from y order by year`,
  },
  {
    question: "What share of orders was cancelled?",
    sql: "select round(100.0 * count(*) filter (where status = 'cancelled') / count(*), 2) as percent from orders",
  },
  {
    question: "Which products named Oak do we sell?",
    sql: "select name, price from products where name ilike 'oak%' order by name",
  },
  {
    question: "Which orders in December 2025 were above 2000 euros?",
    sql: `select o.id, round(${revenue}, 2) as total from ${sold} where o.ordered_on >= '2025-12-01' and o.ordered_on < date '2025-12-01' + interval '1 month' group by o.id having ${revenue} > 2000 order by o.id`,
  },
];
